"""The CenterFace family: a heat map of face centres, with an extent, an offset and five landmarks a cell."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Input, Thresholds
from services.detector.candidates import Candidates
from services.detector.resizing import resize
from services.detector.suppression import suppress

_STRIDE: Final = 4
_LANDMARKS: Final = 5


class CenterFace:
    """Runs models of the CenterFace family; see `Decoder`.

    Input: uint8 [1, height, width, 3], RGB; a photo that is too large is shrunk until it fits, a smaller one
    is left as it is, and both sides are padded to a multiple of 32. Outputs, float32, a cell for 4 x 4
    pixels: ``heatmap`` [1, 1, rows, columns], scores; ``scale`` [1, 2, ...], logarithm of height and width in
    cells; ``offset`` [1, 2, ...] of the centre, y and x, in cells; ``landmarks`` [1, 10, ...], y and x of five
    points as fractions of the box. Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using
    Face as Point" (2019).
    """

    def __init__(self, session: onnxruntime.InferenceSession, image_input: Input, thresholds: Thresholds) -> None:
        self._session = session
        self._input = image_input
        self._max_iou = thresholds.nms_iou

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the largest input; 1 if it does as it is."""
        return min(self._input.width / width, self._input.height / height, 1.0)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find faces; they are one class, so `classes` is of no account."""
        del classes
        height, width = image.shape[:2]
        fit = self.scale(width, height)
        columns, rows = max(round(width * fit), 1), max(round(height * fit), 1)
        heatmap, log_size, offset, points = self._session.run(
            ["heatmap", "scale", "offset", "landmarks"],
            {self._input.name: self._padded(resize(image, columns, rows))},
        )
        y, x = np.nonzero(heatmap[0, 0] >= min_score)
        score = heatmap[0, 0, y, x]

        cell = np.array([_STRIDE * width / columns, _STRIDE * height / rows], np.float32)
        size = np.exp(log_size[0][::-1, y, x].T) * cell
        centre = (np.stack([x, y], 1) + offset[0][::-1, y, x].T + 0.5).astype(np.float32) * cell
        corner = centre - size / 2
        boxes = np.concatenate([corner, corner + size], 1)
        fractions = points[0][:, y, x].T.reshape(-1, _LANDMARKS, 2)[..., ::-1]
        landmarks = fractions * size[:, None] + corner[:, None]
        faces = np.zeros(len(score), np.int64)
        kept = suppress(boxes, score, faces, max_iou=self._max_iou, limit=limit)
        return Candidates(boxes[kept], score[kept], faces[kept], landmarks[kept])

    def _padded(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        below, right = -height % self._input.multiple, -width % self._input.multiple
        return np.pad(image, ((0, below), (0, right), (0, 0)))[None]
