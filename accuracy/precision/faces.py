"""Measures the average precision of face detectors on photos with known faces."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from accuracy.detections import Detections
from accuracy.face_detection import MIN_SCORE
from accuracy.face_precision import average_precision
from accuracy.pixels import read_rgb
from accuracy.wider import FacePhoto, Subset
from benchmarks.table import Table
from services.detector.detection_model import DetectionModel

_MAX_FACES = 1000


def faces_table(
    models: Sequence[DetectionModel], parts: Mapping[str, Sequence[FacePhoto]], advance: Callable[[], None]
) -> Table:
    """Measure every model on every part of the photos; `advance` is called for each photo and model."""
    rows = []
    for name, photos in parts.items():
        for model in models:
            found = [_found(model, photo, advance) for photo in photos]
            precisions = (f"{100 * average_precision(photos, found, subset):.1f}" for subset in Subset)
            rows.append((model.info.id, name, *precisions))
    return Table("Average precision, %", ("", "photos", *Subset), tuple(rows))


def _found(model: DetectionModel, photo: FacePhoto, advance: Callable[[], None]) -> Detections:
    found = model.decoder.detect(read_rgb(photo.path), min_score=MIN_SCORE, classes=None, limit=_MAX_FACES)
    boxes = np.clip(found.boxes.astype(np.float64), 0, [photo.width, photo.height] * 2)
    advance()
    return Detections.from_arrays(boxes, found.scores.astype(np.float64))
