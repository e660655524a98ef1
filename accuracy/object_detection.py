"""Compares object detection by the service with the same model run directly, on COCO."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from accuracy.coco import ObjectSet
from accuracy.detector_client import DetectorClient
from accuracy.direct_model import direct_model
from accuracy.direct_objects import DirectObjects
from accuracy.object_precision import ObjectPrecision, object_precision
from accuracy.tags import TagScore, tag_score
from clients.cli.failure import CommandError
from models.entries import Family

MIN_SCORE: Final = 0.01

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ObjectAccuracy:
    """How well objects are found.

    Attributes:
        model: id of the model.
        threshold: the score that a tag needs.
        service: precision of what the service finds.
        direct: precision of what the same model finds when it is run directly.
        service_tags: the service's tags, at its own threshold.
        direct_tags: the direct run's, at the same threshold.

    """

    model: str
    threshold: float
    service: ObjectPrecision
    direct: ObjectPrecision
    service_tags: TagScore
    direct_tags: TagScore


def detect_objects(detector: DetectorClient, data: ObjectSet, advance: Callable[[], None]) -> ObjectAccuracy:
    """Measure the service and the direct run; `advance` is called three times a photo."""
    paths = [photo.path for photo in data.photos]
    answers = _watched(detector.objects(paths, data.names, MIN_SCORE), advance)
    found = [detections for detections, _ in answers]
    tagged = [detections for detections, _ in _watched(detector.objects(paths, data.names), advance)]
    (model_id,) = {model_id for _, model_id in answers}
    model, weights, thresholds = direct_model(model_id, Family.SSD)
    if model.class_names != data.names:
        raise CommandError(f"The classes of {model_id} are not those of the evaluation data, in their order.")
    run = DirectObjects(weights, max_iou=thresholds.nms_iou)
    direct = _watched((run.find(path, MIN_SCORE) for path in paths), advance)
    return ObjectAccuracy(
        model=model_id,
        threshold=thresholds.score,
        service=object_precision(data.photos, found),
        direct=object_precision(data.photos, direct),
        service_tags=tag_score(data.photos, tagged),
        direct_tags=tag_score(data.photos, [detections.reaching(thresholds.score) for detections in direct]),
    )


def _watched(items: Iterable[_T], advance: Callable[[], None]) -> list[_T]:
    seen = []
    for item in items:
        seen.append(item)
        advance()
    return seen
