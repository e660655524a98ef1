"""Computes the average precision of face detection, by the rules of WIDER FACE."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accuracy.detections import Detections
from accuracy.overlap import overlaps
from accuracy.precision_recall import PrecisionRecall
from accuracy.wider import FacePhoto, Subset

_MIN_OVERLAP: Final = 0.5


def average_precision(photos: Sequence[FacePhoto], found: Sequence[Detections], subset: Subset) -> float:
    """Return the average precision at an intersection over union of 0.5, 0 to 1.

    Each detection belongs to the face that it overlaps most. If that face is not of the subset, the detection is left
    out; if a better one has found it already, it is wrong. The area under the curve is exact, where the official
    script samples a thousand scores.

    Args:
        photos: the photos, with at least one face of the subset.
        found: what was found in each of them.
        subset: the faces to be found.

    """
    judged = [_judge(photo, faces, subset) for photo, faces in zip(photos, found, strict=True)]
    scores, correct = (np.concatenate(column) for column in zip(*judged, strict=True))
    return PrecisionRecall(scores, correct, sum(int(photo.wanted[subset].sum()) for photo in photos)).area()


def _judge(photo: FacePhoto, found: Detections, subset: Subset) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return scores and correctness of the detections that count, best first."""
    order = np.argsort(-found.scores, kind="stable")
    scores, correct = found.scores[order], np.zeros(len(order), np.bool_)
    if len(photo.boxes) == 0:
        return scores, correct
    shares = overlaps(found.boxes[order], photo.boxes)
    nearest = shares.argmax(1)
    hit = shares.max(1) >= _MIN_OVERLAP
    wanted = photo.wanted[subset][nearest]
    # np.unique gives the first, hence best, detection of each face.
    claims = np.flatnonzero(hit & wanted)
    correct[claims[np.unique(nearest[claims], return_index=True)[1]]] = True
    counts = ~hit | wanted
    return scores[counts], correct[counts]
