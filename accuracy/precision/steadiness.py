"""Measures how much the box of a face moves between encodings of one photo."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from accuracy.overlap import overlaps
from benchmarks.table import Table
from services.detector.detection_model import DetectionModel

Pixels = NDArray[np.uint8]

_ENCODINGS: Final = {
    "JPEG 95": (".jpg", (cv2.IMWRITE_JPEG_QUALITY, 95)),
    "JPEG 90": (".jpg", (cv2.IMWRITE_JPEG_QUALITY, 90)),
    "WebP 90": (".webp", (cv2.IMWRITE_WEBP_QUALITY, 90)),
}
_SAME_FACE: Final = 0.5
_MIN_SIDE: Final = 32
_MAX_FACES: Final = 100


def steadiness_table(models: Sequence[DetectionModel], photos: Sequence[Pixels], advance: Callable[[], None]) -> Table:
    """Compare the faces of photos, uint8 [height, width, 3] RGB, with those of their encodings, by model.

    `advance` is called for each photo and model.
    """
    rows = []
    for model in models:
        shifts: Mapping[str, list[float]] = {name: [] for name in _ENCODINGS}
        for pixels in photos:
            faces = _boxes(model, pixels)
            for name, (suffix, quality) in _ENCODINGS.items():
                shifts[name] += _shifts(faces, _boxes(model, _encoded(pixels, suffix, quality)))
            advance()
        rows += [(model.info.id, name, str(len(found)), *_spread(found)) for name, found in shifts.items()]
    note = "Furthest that an edge of a box moves, in % of the box's shorter side."
    return Table("Steadiness", ("", "encoding", "faces", "median", "mean", "95th percentile"), tuple(rows), note)


def _spread(shifts: Sequence[float]) -> tuple[str, str, str]:
    if not shifts:
        return "", "", ""
    middle, most = np.percentile(shifts, (50, 95))
    return f"{100 * middle:.2f}", f"{100 * np.mean(shifts):.2f}", f"{100 * most:.2f}"


def _shifts(faces: NDArray[np.float64], others: NDArray[np.float64]) -> list[float]:
    if not len(others):
        return []
    shared = overlaps(faces, others)
    sides = (faces[:, 2:] - faces[:, :2]).min(1)
    moved = np.abs(others[shared.argmax(1)] - faces).max(1) / sides
    return [float(shift) for shift in moved[(shared.max(1) > _SAME_FACE) & (sides >= _MIN_SIDE)]]


def _boxes(model: DetectionModel, pixels: Pixels) -> NDArray[np.float64]:
    found = model.decoder.detect(pixels, min_score=model.min_score, classes=None, limit=_MAX_FACES)
    return found.boxes.astype(np.float64)


def _encoded(pixels: Pixels, suffix: str, quality: tuple[int, int]) -> Pixels:
    _, data = cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), quality)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(np.asarray(decoded), cv2.COLOR_BGR2RGB), np.uint8)
