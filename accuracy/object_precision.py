"""Computes the mean average precision of object detection, by the rules of the COCO API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accuracy.coco import ObjectPhoto
from accuracy.detections import Detections
from accuracy.overlap import overlaps
from accuracy.precision_recall import PrecisionRecall

_MIN_OVERLAPS: Final = np.linspace(0.5, 0.95, 10)
_MAX_DETECTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class ObjectPrecision:
    """Mean over the classes that occur, 0 to 1.

    Attributes:
        mean: average precision, averaged over overlaps of 0.5, 0.55, ..., 0.95.
        at_half: average precision at an overlap of 0.5.

    """

    mean: float
    at_half: float


def object_precision(photos: Sequence[ObjectPhoto], found: Sequence[Detections]) -> ObjectPrecision:
    """Return the precision of what was found in each of the photos, which show at least one object.

    At most 100 detections of a class in a photo count. At each overlap, detections take objects in the order of
    falling score, each the free one that it overlaps most; what lies in a crowd is left out. Objects of all sizes.
    """
    classes = sorted({int(index) for photo in photos for index in photo.classes[~photo.crowd]})
    areas = np.array([_areas(photos, found, index) for index in classes])
    return ObjectPrecision(float(areas.mean()), float(areas[:, 0].mean()))


def _areas(photos: Sequence[ObjectPhoto], found: Sequence[Detections], index: int) -> list[float]:
    """Return the average precision of one class at each overlap."""
    scores: list[NDArray[np.float64]] = []
    verdicts: list[NDArray[np.int8]] = []
    positives = 0
    for photo, everything in zip(photos, found, strict=True):
        mine = everything.of_class(index)
        order = np.argsort(-mine.scores, kind="stable")[:_MAX_DETECTIONS]
        true = photo.classes == index
        crowd = photo.crowd[true]
        positives += int((~crowd).sum())
        shares = overlaps(mine.boxes[order], photo.boxes[true], crowd)
        scores.append(mine.scores[order])
        verdicts.append(np.array([_match(shares, crowd, least) for least in _MIN_OVERLAPS], np.int8))
    ranking, matched = np.concatenate(scores), np.concatenate(verdicts, axis=1)
    return [PrecisionRecall(ranking[row >= 0], row[row >= 0] == 1, positives).sampled_area() for row in matched]


def _match(shares: NDArray[np.float64], crowd: NDArray[np.bool_], least: float) -> NDArray[np.int8]:
    """Return for each detection, best first: 1 it found an object, 0 it found nothing, -1 it lies in a crowd."""
    verdict = np.zeros(len(shares), np.int8)
    free = ~crowd
    for row, share in enumerate(shares):
        single = np.where(free, share, -1.0)
        if single.size and single.max() >= least:
            # Of equals the last one, as in the COCO API, whose loop lets a later object win.
            free[len(single) - 1 - int(single[::-1].argmax())] = False
            verdict[row] = 1
        elif (share[crowd] >= least).any():
            verdict[row] = -1
    return verdict
