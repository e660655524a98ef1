"""The SSD family: a box, and a score for each class, for each of a fixed number of anchors."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Input, Thresholds
from services.detector.candidates import Candidates
from services.detector.resizing import resize
from services.detector.suppression import suppress


class Ssd:
    """Runs models of the SSD family; see `Decoder`.

    Input: uint8 [1, height, width, 3], RGB, the photo stretched to a fixed size. Outputs: ``boxes`` float32
    [1, anchors, 4], y_min, x_min, y_max, x_max as fractions of the image; ``scores`` float32 [1, anchors,
    classes]. Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016).
    """

    def __init__(self, session: onnxruntime.InferenceSession, image_input: Input, thresholds: Thresholds) -> None:
        self._session = session
        self._input = image_input
        self._max_iou = thresholds.nms_iou

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which both sides are as long as the input's."""
        return min(max(self._input.width / width, self._input.height / height), 1.0)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find objects; an anchor may stand for several classes."""
        tensor = resize(image, self._input.width, self._input.height)[None]
        (boxes,), (scores,) = self._session.run(["boxes", "scores"], {self._input.name: tensor})
        if classes is None:
            classes = np.arange(scores.shape[1])
        anchor, column = np.nonzero(scores[:, classes] >= min_score)
        found, score = classes[column], scores[anchor, classes[column]]

        height, width = image.shape[:2]
        corners = boxes[anchor][:, [1, 0, 3, 2]] * np.array([width, height, width, height], np.float32)
        kept = suppress(corners, score, found, max_iou=self._max_iou, limit=limit)
        return Candidates(corners[kept], score[kept], found[kept], np.empty((len(kept), 0, 2), np.float32))
