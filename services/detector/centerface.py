"""The CenterFace family: a heat map of face centres, with an extent, an offset and five landmarks a cell."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.detector.candidates import Candidates
from services.detector.model_input import Convention, Fit, ModelInput, shapes, unusable
from services.detector.suppression import suppress

_STRIDE: Final = 4
_LANDMARKS: Final = 5
_CHANNELS: Final = {"heatmap": 1, "scale": 2, "offset": 2, "landmarks": 2 * _LANDMARKS}
# Row and column offsets of the 5 x 5 cells around a cell.
_NEIGHBORHOOD: Final = np.mgrid[-2:3, -2:3].reshape(2, -1)
_MIN_IOU: Final = 0.5


class CenterFace:
    """Runs models of the CenterFace family; see `Decoder`.

    Input: RGB from 0 to 255, the photo in the top left corner, black beside it. Outputs, float32, one cell for
    4 x 4 pixels: ``heatmap`` [1, 1, rows, columns], scores; ``scale`` [1, 2, ...], logarithm of height and width in
    cells; ``offset`` [1, 2, ...] of the centre, y and x, in cells; ``landmarks`` [1, 10, ...], y and x of five
    points as fractions of the box. Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using
    Face as Point" (2019).

    Several cells respond to one face, with boxes that differ by a few percent, and it is noise that decides which of
    them scores best. So the best cell only tells that there is a face: its box and landmarks are averages, weighted by
    the squared score, over the cells around it whose boxes overlap with its own by more than half. Source: box voting
    in Gidaris and Komodakis, "Object Detection via a Multi-Region and Semantic Segmentation-Aware CNN Model" (2015).
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
                raise unusable(model, f"it must have an output {name} {list(shape)}, but has {shapes(outputs)}")
        self.class_count = 1
        self.landmark_count = _LANDMARKS

    def scale(self, width: int, height: int) -> float:
        """Return the scale at which a photo fits into the largest input; 1 if it does as it is."""
        return self._input.scale(width, height)

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find faces; they are a single class, so `classes` is ignored."""
        del classes
        tensor, placement = self._input.prepare(image)
        # Decode only the cells that may be faces; suppression reduces these to one cell a face.
        maps = dict(zip(_CHANNELS, self._session.run(list(_CHANNELS), {self._input.name: tensor}), strict=True))
        heatmap = maps["heatmap"][0, 0]
        y, x = np.nonzero(heatmap >= min_score)
        score = heatmap[y, x]
        boxes, _ = _decode(maps, y, x)
        kept = suppress(boxes, score, np.zeros(len(score), np.int64), max_iou=self._max_iou, limit=limit)
        boxes, landmarks = _average(maps, y[kept], x[kept], boxes[kept])
        faces = np.zeros(len(kept), np.int64)
        return Candidates(placement.to_photo(boxes), score[kept], faces, placement.to_photo(landmarks))


def _decode(
    maps: Mapping[str, NDArray[np.float32]], y: NDArray[np.intp], x: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Decode cells: boxes [..., 4] and landmarks [..., 5, 2], in pixels of the input, for rows and columns [...]."""
    log_size = np.moveaxis(maps["scale"][0][:, y, x], 0, -1)
    offset = np.moveaxis(maps["offset"][0][:, y, x], 0, -1)
    points = np.moveaxis(maps["landmarks"][0][:, y, x], 0, -1)
    # The model gives y before x everywhere.
    size = np.exp(log_size[..., ::-1]) * _STRIDE
    corner = (np.stack([x, y], -1).astype(np.float32) + offset[..., ::-1] + 0.5) * _STRIDE - size / 2
    fractions = points.reshape(*y.shape, _LANDMARKS, 2)[..., ::-1]
    return np.concatenate([corner, corner + size], -1), fractions * size[..., None, :] + corner[..., None, :]


def _average(
    maps: Mapping[str, NDArray[np.float32]], y: NDArray[np.intp], x: NDArray[np.intp], boxes: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Average over the cells around each kept one, whose box is in `boxes`: boxes [k, 4], landmarks [k, 5, 2]."""
    heatmap = maps["heatmap"][0, 0]
    rows = y[:, None] + _NEIGHBORHOOD[0]
    columns = x[:, None] + _NEIGHBORHOOD[1]
    last_row, last_column = heatmap.shape[0] - 1, heatmap.shape[1] - 1
    inside = (rows >= 0) & (rows <= last_row) & (columns >= 0) & (columns <= last_column)
    # Cells beyond the border stand for the nearest one inside, with a weight of zero.
    rows, columns = rows.clip(0, last_row), columns.clip(0, last_column)
    around, landmarks = _decode(maps, rows, columns)
    same_face = inside & (_iou(around, boxes[:, None]) > _MIN_IOU)
    weights = np.where(same_face, heatmap[rows, columns] ** 2, 0)
    weights /= weights.sum(1, keepdims=True)
    return np.einsum("kc,kcb->kb", weights, around), np.einsum("kc,kcpd->kpd", weights, landmarks)


def _iou(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the intersection over union of pairs of boxes [..., 4]."""
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    common = sides.clip(0).prod(-1)
    areas = (one[..., 2:] - one[..., :2]).prod(-1) + (other[..., 2:] - other[..., :2]).prod(-1)
    return np.asarray(common / (areas - common), np.float32)
