"""Computes precision-recall curves and the areas under them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_RECALLS: Final = np.linspace(0, 1, 101)


class PrecisionRecall:
    """The precision-recall curve of ranked detections.

    Args:
        scores: float64 [n].
        correct: bool [n]; whether each is a true positive. What is neither right nor wrong is left out.
        positives: how many there were to find, at least 1.

    Raises:
        ValueError: there was nothing to find.

    """

    def __init__(self, scores: NDArray[np.float64], correct: NDArray[np.bool_], positives: int) -> None:
        if positives < 1:
            raise ValueError("A precision-recall curve needs something to find.")
        ranked = correct[np.argsort(-scores, kind="stable")]
        hits = np.cumsum(ranked)
        self.recall: NDArray[np.float64] = hits / positives
        precision = hits / np.arange(1, len(ranked) + 1)
        # The envelope: at each recall, the best precision that this or any higher recall has.
        self.precision: NDArray[np.float64] = np.maximum.accumulate(precision[::-1])[::-1]

    def area(self) -> float:
        """Return the exact area under the envelope, as PASCAL VOC has it since 2010; WIDER FACE's AP follows it."""
        steps = np.diff(self.recall, prepend=0.0)
        return float((steps * self.precision).sum())

    def sampled_area(self) -> float:
        """Return the mean of the envelope at the 101 recalls 0, 0.01, ..., 1: the AP of the COCO API."""
        at = np.searchsorted(self.recall, _RECALLS, side="left")
        reached = at < len(self.recall)
        return float(self.precision[at[reached]].sum() / len(_RECALLS))
