"""The CenterFace family: a heat map of face centres, with an extent, an offset and five landmarks a cell."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.detector.candidates import Candidates
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unfit
from services.detector.suppression import suppress

_STRIDE: Final = 4
_LANDMARKS: Final = 5
_CHANNELS: Final = {"heatmap": 1, "scale": 2, "offset": 2, "landmarks": 2 * _LANDMARKS}


class CenterFace:
    """Runs models of the CenterFace family; see `Decoder`.

    Input: RGB from 0 to 255, the photo in the top left corner, black beside it. Outputs, float32, a cell for 4 x 4
    pixels: ``heatmap`` [1, 1, rows, columns], scores; ``scale`` [1, 2, ...], logarithm of height and width in
    cells; ``offset`` [1, 2, ...] of the centre, y and x, in cells; ``landmarks`` [1, 10, ...], y and x of five
    points as fractions of the box. Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using
    Face as Point" (2019).
    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, max_iou: float) -> None:
        self._session = session
        self._input = ModelInput(session, model, Convention(Fit.CORNER))
        self._max_iou = max_iou
        outputs = self._input.probe()
        rows, columns = self._input.height // _STRIDE, self._input.width // _STRIDE
        for name, channels in _CHANNELS.items():
            shape = (1, channels, rows, columns)
            if name not in outputs or outputs[name].shape != shape:
                raise unfit(model, f"it must have an output {name} {list(shape)}, but has {shapes(outputs)}")
        self.class_count = 1
        self.landmark_count = _LANDMARKS

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the largest input; 1 if it does as it is."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find faces; they are one class, so `classes` is of no account."""
        del classes
        tensor, placement = self._input.prepare(image)
        heatmap, log_size, offset, points = self._session.run(list(_CHANNELS), {self._input.name: tensor})
        y, x = np.nonzero(heatmap[0, 0] >= min_score)
        score = heatmap[0, 0, y, x]

        cell = _STRIDE * np.array([placement.scale_x, placement.scale_y], np.float32)
        size = np.exp(log_size[0][::-1, y, x].T) * cell
        centre = (np.stack([x, y], 1) + offset[0][::-1, y, x].T + 0.5).astype(np.float32) * cell
        corner = centre - size / 2
        boxes = np.concatenate([corner, corner + size], 1)
        fractions = points[0][:, y, x].T.reshape(-1, _LANDMARKS, 2)[..., ::-1]
        landmarks = fractions * size[:, None] + corner[:, None]
        faces = np.zeros(len(score), np.int64)
        kept = suppress(boxes, score, faces, max_iou=self._max_iou, limit=limit)
        return Candidates(boxes[kept], score[kept], faces[kept], landmarks[kept])
