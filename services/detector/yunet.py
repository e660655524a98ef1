"""The YuNet family: for each cell of three grids, a face's box, two scores and five landmarks."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.detector.candidates import Candidates
from services.detector.grid import STRIDES, cell_count, cells
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unusable
from services.detector.suppression import suppress

_LANDMARKS: Final = 5
_WIDTHS: Final = {"cls": 1, "obj": 1, "bbox": 4, "kps": 2 * _LANDMARKS}
_CONVENTION: Final = Convention(Fit.CORNER, bgr=True)


class Yunet:
    """Runs models of the YuNet family, in the layout of 2023 and later; see `Decoder`.

    Input: BGR from 0 to 255, the photo in the top left corner, black beside it. Outputs, float, one for each
    stride of 8, 16 and 32 pixels and for each cell: ``cls_8`` and ``obj_8`` [1, cells, 1], whose geometric mean
    is the score; ``bbox_8`` [1, cells, 4], the centre from its cell's corner and the logarithm of the size, in
    cells; ``kps_8`` [1, cells, 10], x and y of five points from the cell's corner, in cells. Source: Wu et al.,
    "YuNet: A Tiny Millisecond-level Face Detector" (2023).
    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, max_iou: float) -> None:
        self._session = session
        self._input = ModelInput(session, model, _CONVENTION)
        self._max_iou = max_iou
        outputs = self._input.probe()
        for stride in STRIDES:
            count = cell_count(self._input.width, self._input.height, [stride])
            for kind, width in _WIDTHS.items():
                name, shape = f"{kind}_{stride}", (1, count, width)
                if name not in outputs or outputs[name].shape != shape:
                    raise unusable(model, f"it must have an output {name} {list(shape)}, but has {shapes(outputs)}")
        self.class_count = 1
        self.landmark_count = _LANDMARKS

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the input; 1 if it does as it is."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find faces; they are a single class, so `classes` is ignored."""
        del classes
        tensor, placement = self._input.prepare(image)
        names = [f"{kind}_{stride}" for kind in _WIDTHS for stride in STRIDES]
        values = self._session.run(names, {self._input.name: tensor})
        # The outputs of the three strides, in the order of the cells of `cells`.
        rows = []
        for first in range(0, len(values), len(STRIDES)):
            output = np.concatenate(values[first : first + len(STRIDES)], 1)[0]
            rows.append(np.asarray(output, np.float32))
        probability, objectness, box, points = rows
        score = np.sqrt(np.clip(probability, 0, 1) * np.clip(objectness, 0, 1))[:, 0]
        chosen = np.flatnonzero(score >= min_score)
        score, box = score[chosen], box[chosen]
        corner, stride = cells(tensor.shape[3], tensor.shape[2])
        corner, stride = corner[chosen], stride[chosen]
        centre, half = (corner + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
        boxes = placement.to_photo(np.concatenate([centre - half, centre + half], 1))
        landmarks = (points[chosen].reshape(-1, _LANDMARKS, 2) + corner[:, None]) * stride[:, None]
        faces = np.zeros(len(score), np.int64)
        kept = suppress(boxes, score, faces, max_iou=self._max_iou, limit=limit)
        return Candidates(boxes[kept], score[kept], faces[kept], placement.to_photo(landmarks[kept]))
