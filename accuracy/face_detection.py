"""Compares face detection by the service with the same model run directly, on WIDER FACE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from accuracy.detections import Detections
from accuracy.detector_client import DetectorClient
from accuracy.direct_faces import DirectFaces
from accuracy.direct_model import direct_model
from accuracy.face_precision import average_precision
from accuracy.wider import FacePhoto, Subset
from models.entries import Family

# Low enough for the whole curve: 0.02 changes no figure by more than 0.13 points.
MIN_SCORE: Final = 0.05


class Runner(StrEnum):
    """Who looks for faces: the service, or the same model run directly at the same or at the photo's own size."""

    SERVICE = "service"
    DIRECT = "direct"
    UNSHRUNK = "direct, photo not shrunk"


@dataclass(frozen=True, slots=True)
class FaceAccuracy:
    """How well faces are found.

    Attributes:
        model: id of the model.
        precisions: average precision by runner and subset, 0 to 1.

    """

    model: str
    precisions: Mapping[Runner, Mapping[Subset, float]]


def detect_faces(detector: DetectorClient, photos: Sequence[FacePhoto], advance: Callable[[], None]) -> FaceAccuracy:
    """Measure the service and the direct runs; `advance` is called for each photo and runner."""
    paths = [photo.path for photo in photos]
    found: dict[Runner, list[Detections]] = {Runner.SERVICE: []}
    used: set[str] = set()
    for detections, model_id in detector.faces(paths, MIN_SCORE):
        found[Runner.SERVICE].append(detections)
        used.add(model_id)
        advance()
    (model_id,) = used
    model, weights, thresholds = direct_model(model_id, Family.CENTERFACE)
    sides = {Runner.DIRECT: max(model.input.width, model.input.height), Runner.UNSHRUNK: None}
    for runner, longest_side in sides.items():
        direct = DirectFaces(weights, longest_side=longest_side, max_iou=thresholds.nms_iou)
        found[runner] = [_found(direct, path, advance) for path in paths]
    subsets = [subset for subset in Subset if any(photo.wanted[subset].any() for photo in photos)]
    precisions = {
        runner: {subset: average_precision(photos, found[runner], subset) for subset in subsets} for runner in Runner
    }
    return FaceAccuracy(model_id, precisions)


def _found(direct: DirectFaces, path: Path, advance: Callable[[], None]) -> Detections:
    found = direct.find(path, MIN_SCORE)
    advance()
    return found
