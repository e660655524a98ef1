"""Computes how well a distance tells whether two faces are of one person."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FALSE_ACCEPT_RATE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Verification:
    """How well same and different pairs are told apart.

    Attributes:
        fold_accuracies: share of the pairs of each fold that are judged right.
        threshold: mean of the thresholds that judged them.
        area: area under the ROC curve.
        true_accepts: most same pairs that are accepted, as a share, where at most FALSE_ACCEPT_RATE of the different
            ones are accepted too.

    """

    fold_accuracies: tuple[float, ...]
    threshold: float
    area: float
    true_accepts: float

    @property
    def accuracy(self) -> float:
        """Mean over the folds."""
        return float(np.mean(self.fold_accuracies))

    @property
    def deviation(self) -> float:
        """Standard deviation over the folds, as LFW's results are usually given: without Bessel's correction."""
        return float(np.std(self.fold_accuracies))


def verify(distances: NDArray[np.float64], same: NDArray[np.bool_], folds: NDArray[np.int64]) -> Verification:
    """Judge each fold's pairs by the threshold that judges those of the other folds best.

    Args:
        distances: float64 [n]; infinite where a face is missing: positive for a same pair, negative for a different
            one, so that no threshold makes the pair right.
        same: bool [n].
        folds: int64 [n]; at least two different ones, each with same and different pairs.

    """
    accuracies, thresholds = [], []
    for fold in np.unique(folds):
        held_out = folds == fold
        threshold = best_threshold(distances[~held_out], same[~held_out])
        thresholds.append(threshold)
        accuracies.append(float(((distances[held_out] < threshold) == same[held_out]).mean()))
    return Verification(
        tuple(accuracies), float(np.mean(thresholds)), roc_area(distances, same), true_accept_rate(distances, same)
    )


def best_threshold(distances: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return a finite threshold below which most pairs of `same` lie, and above which most others do.

    It is the middle of the gap between two neighbouring distances; of equally good gaps, the middle one. Without any
    finite distance it is 0.
    """
    values = np.unique(distances[np.isfinite(distances)])
    if len(values) == 0:
        return 0.0
    middles = (values[:-1] + values[1:]) / 2
    gaps = np.concatenate([[values[0] - 1.0], middles, [values[-1] + 1.0]])
    accepted = np.searchsorted(np.sort(distances[same]), gaps)
    wrongly = np.searchsorted(np.sort(distances[~same]), gaps)
    best = np.flatnonzero(accepted - wrongly == (accepted - wrongly).max())
    return float(gaps[best[len(best) // 2]])


def roc_area(distances: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the probability that a same pair is nearer than a different one; equal ones count half."""
    others = np.sort(distances[~same])
    below = np.searchsorted(others, distances[same], side="left")
    upto = np.searchsorted(others, distances[same], side="right")
    return float(1 - ((below + upto) / (2 * len(others))).mean())


def true_accept_rate(
    distances: NDArray[np.float64], same: NDArray[np.bool_], false_accepts: float = FALSE_ACCEPT_RATE
) -> float:
    """Return how many of the same pairs lie below the threshold that lets in at most `false_accepts` of the others.

    Args:
        distances: float64 [n].
        same: bool [n], with at least one of each kind.
        false_accepts: a share, 0 to 1.

    Returns:
        A share, 0 to 1.

    """
    others = np.sort(distances[~same])
    allowed = int(np.floor(false_accepts * len(others) + 1e-9))
    if allowed == len(others):
        return 1.0
    return float((distances[same] < others[allowed]).mean())
