"""The YOLO family as Ultralytics exports it, YOLOv8 to YOLO11: boxes, class scores and key points."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model, Task
from services.detector.candidates import Candidates, above_threshold
from services.detector.class_names import class_names_of
from services.detector.grid import cell_count
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unusable
from services.detector.suppression import suppress

_BOX: Final = 4
_SCORE_AND_CLASS: Final = 2
_LANDMARKS: Final = 5
_RANK: Final = 3
# Values per key point: x and y, or x, y and visibility.
_KEY_POINT_WIDTHS: Final = (2, 3)
_STRIDE_SETS: Final = ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32))
_CONVENTION: Final = Convention(Fit.CENTRE, fill=114, factor=1 / 255)


class Yolo:
    """Runs models of the YOLO family; see `Decoder`.

    Input: RGB from 0 to 1, the photo in the centre, grey 114 beside it. One output, float, one row a candidate
    (or one column: [1, values, candidates] is as good): centre x, centre y, width and height in pixels of the
    input, a probability for each class, and for a face x and y, or x, y and visibility, of five points. Or, if
    suppression is inside the model, [1, candidates, 6 + points]: left, top, right, bottom, score, class index,
    points. Source: the documentation of Ultralytics' export to ONNX.
    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, max_iou: float) -> None:
        self._session = session
        self._input = ModelInput(session, model, _CONVENTION)
        self._max_iou = max_iou
        outputs = self._input.probe()
        found = list(outputs.values())
        if len(found) != 1 or found[0].ndim != _RANK:
            raise unusable(model, f"it must have one output [1, values, candidates], but has {shapes(outputs)}")
        faces = model.task is Task.FACE_DETECTION
        self.landmark_count = _LANDMARKS if faces else 0
        # A raw output has as many candidates as the grids have cells, along either axis; a model with suppression
        # inside has a fixed number, which is no such sum.
        grids = {cell_count(self._input.width, self._input.height, strides) for strides in _STRIDE_SETS}
        _, first, last = found[0].shape
        self._raw = first in grids or last in grids
        self._columns = last in grids
        values = first if self._columns else last
        # What precedes the key points: a raw output has a score per class, of which a face has one only.
        head = _BOX + 1 if self._raw else _BOX + _SCORE_AND_CLASS
        widths = [head + width * _LANDMARKS for width in _KEY_POINT_WIDTHS] if faces else [head]
        if faces or not self._raw:
            if values not in widths:
                allowed = " or ".join(map(str, widths))
                raise unusable(model, f"it must give {allowed} values a candidate, but has {shapes(outputs)}")
        elif values < head:
            raise unusable(model, f"it must give 4 values and one a class, but has {shapes(outputs)}")
        self.class_count = 1 if faces else values - _BOX
        if not self._raw and not faces:
            # Such outputs don't show how many classes there are; take the file's or the entry's word for it.
            self.class_count = len(class_names_of(session) or model.class_names)
        self._point_width = (values - head) // _LANDMARKS

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the input; 1 if it does as it is."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find objects or faces; a raw candidate may yield several classes."""
        tensor, placement = self._input.prepare(image)
        output = np.asarray(self._session.run(None, {self._input.name: tensor})[0][0], np.float32)
        rows = output.T if self._columns else output
        # Either way: the rows that pass the threshold, their classes and scores, and their boxes as corners.
        if self._raw:
            end = _BOX + 1 if self.landmark_count else rows.shape[1]
            chosen, found, score = above_threshold(
                rows[:, _BOX:end], min_score, None if self.landmark_count else classes
            )
            half = rows[chosen, 2:_BOX] / 2
            corners = np.concatenate([rows[chosen, :2] - half, rows[chosen, :2] + half], 1)
        else:
            end = _BOX + _SCORE_AND_CLASS
            rows = rows[(rows[:, _BOX] >= min_score) & (rows[:, _BOX] > 0)]
            index = rows[:, _BOX + 1].astype(np.int64)
            wanted = np.isin(index, np.arange(self.class_count) if classes is None else classes)
            chosen, found, score = np.flatnonzero(wanted), index[wanted], rows[wanted, _BOX]
            corners = rows[chosen, :_BOX]
        boxes = placement.to_photo(corners)
        points = rows[chosen, end:].reshape(len(chosen), self.landmark_count, max(self._point_width, 2))[..., :2]
        kept = suppress(boxes, score, found, max_iou=self._max_iou, limit=limit)
        return Candidates(boxes[kept], score[kept], found[kept], placement.to_photo(points[kept]))
