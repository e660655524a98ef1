"""What a search for the nearest vectors finds, exactly or at less cost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Indices


@dataclass(frozen=True, slots=True)
class Matches:
    """The vectors found for one query, nearest first, and by slot where distances are equal.

    Attributes:
        slots: int64 [k].
        distances: float64 [k], cosine distances.

    """

    slots: Indices
    distances: npt.NDArray[np.float64]

    def first(self, count: int) -> "Matches":
        """Return the nearest `count`."""
        return Matches(self.slots[:count], self.distances[:count])


@dataclass(frozen=True, slots=True)
class Bounded:
    """Vectors that may be the nearest to one query, in any order, without having been looked at.

    Attributes:
        slots: int64 [m].
        nearest: float64 [m], each vector is no nearer than this.
        farthest: float64 [m], and no farther than this.
        reach: every other vector is no nearer than this; infinite if there is no other.

    """

    slots: Indices
    nearest: npt.NDArray[np.float64]
    farthest: npt.NDArray[np.float64]
    reach: float
