"""The SSD family: for each of a fixed number of anchors, a box and a score per class."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.detector.candidates import Candidates, above_threshold
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unusable
from services.detector.suppression import suppress

_RANK: Final = 3


class Ssd:
    """Runs models of the SSD family; see `Decoder`.

    Input: RGB from 0 to 255, the photo stretched to a fixed size. Outputs: ``boxes`` float32
    [1, anchors, 4], y_min, x_min, y_max, x_max as fractions of the image; ``scores`` float32 [1, anchors,
    classes]. Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016).
    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, max_iou: float) -> None:
        self._session = session
        self._input = ModelInput(session, model, Convention(Fit.STRETCH))
        self._max_iou = max_iou
        outputs = self._input.probe()
        missing = np.empty(0, np.float32)
        boxes = outputs.get("boxes", missing).shape
        scores = outputs.get("scores", missing).shape
        if len(boxes) != _RANK or len(scores) != _RANK or boxes != (*scores[:2], 4):
            wanted = "boxes [1, anchors, 4] and scores [1, anchors, classes]"
            raise unusable(model, f"it must have the outputs {wanted}, but has {shapes(outputs)}")
        self.class_count: int = scores[2]
        self.landmark_count = 0

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which neither side is shorter than the input's, at most 1."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find objects; an anchor may yield several classes."""
        tensor, _ = self._input.prepare(image)
        (boxes,), (scores,) = self._session.run(["boxes", "scores"], {self._input.name: tensor})
        anchor, found, score = above_threshold(scores, min_score, classes)
        height, width = image.shape[:2]
        corners = boxes[anchor][:, [1, 0, 3, 2]] * np.array([width, height, width, height], np.float32)
        kept = suppress(corners, score, found, max_iou=self._max_iou, limit=limit)
        return Candidates(corners[kept], score[kept], found[kept], np.empty((len(kept), 0, 2), np.float32))
