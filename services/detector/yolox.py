"""The YOLOX family: for each cell of three grids, a box, an objectness and a score per class."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.detector.candidates import Candidates, above_threshold
from services.detector.grid import cell_count, cells
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unusable
from services.detector.suppression import suppress

_BOX: Final = 4
_RANK: Final = 3
_CONVENTION: Final = Convention(Fit.CORNER, fill=114, bgr=True)


class Yolox:
    """Runs models of the YOLOX family, as the project's own export makes them; see `Decoder`.

    Input: BGR from 0 to 255, the photo in the top left corner, grey 114 beside it. Output: float [1, cells,
    5 + classes]: the centre from its cell's corner and the logarithm of the size, both in cells; objectness;
    a probability for each class. A score is objectness times probability. Source: Ge et al., "YOLOX:
    Exceeding YOLO Series in 2021" (2021).
    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, max_iou: float) -> None:
        self._session = session
        self._input = ModelInput(session, model, _CONVENTION)
        self._max_iou = max_iou
        outputs = self._input.probe()
        found = list(outputs.values())
        count = cell_count(self._input.width, self._input.height)
        if len(found) != 1 or found[0].ndim != _RANK or found[0].shape[1] != count or found[0].shape[2] <= _BOX + 1:
            raise unusable(
                model, f"it must have one output [1, {count}, 5 + number of classes], but has {shapes(outputs)}"
            )
        self.class_count: int = found[0].shape[2] - _BOX - 1
        self.landmark_count = 0

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the input; 1 if it does as it is."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find objects; a cell may yield several classes."""
        tensor, placement = self._input.prepare(image)
        output = np.asarray(self._session.run(None, {self._input.name: tensor})[0][0], np.float32)
        # A class scores at most the objectness, so most cells can be skipped.
        promising = np.flatnonzero(output[:, _BOX] >= min_score)
        output = output[promising]
        chosen, found, score = above_threshold(output[:, _BOX + 1 :] * output[:, _BOX, None], min_score, classes)
        corner, stride = cells(tensor.shape[3], tensor.shape[2])
        corner, stride, raw = corner[promising][chosen], stride[promising][chosen], output[chosen]
        centre, half = (corner + raw[:, :2]) * stride, np.exp(raw[:, 2:_BOX]) * stride / 2
        boxes = placement.to_photo(np.concatenate([centre - half, centre + half], 1))
        kept = suppress(boxes, score, found, max_iou=self._max_iou, limit=limit)
        return Candidates(boxes[kept], score[kept], found[kept], np.empty((len(kept), 0, 2), np.float32))
