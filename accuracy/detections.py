"""The detections in one photo, by a service or by a model run directly."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_CORNERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Things found in one photo, in pixels of the photo, origin top left; in any order.

    Attributes:
        boxes: float64 [n, 4]: left, top, right, bottom.
        scores: float64 [n].
        classes: int64 [n], indices into the class names of the evaluation set; zeros for faces.

    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    classes: NDArray[np.int64]

    @classmethod
    def from_arrays(cls, boxes: object, scores: object, classes: object = None) -> Self:
        """Return those with boxes [n, 4], scores [n] and classes [n]; without classes all are of class 0."""
        corners = np.asarray(boxes, np.float64).reshape(-1, _CORNERS)
        indices = np.zeros(len(corners)) if classes is None else classes
        return cls(corners, np.asarray(scores, np.float64).reshape(-1), np.asarray(indices, np.int64).reshape(-1))

    def reaching(self, score: float) -> "Detections":
        """Return those with at least that score."""
        return self._only(self.scores >= score)

    def of_class(self, index: int) -> "Detections":
        """Return those of one class."""
        return self._only(self.classes == index)

    def _only(self, chosen: NDArray[np.bool_]) -> "Detections":
        return Detections(self.boxes[chosen], self.scores[chosen], self.classes[chosen])
