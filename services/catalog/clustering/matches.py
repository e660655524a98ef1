"""What a search for the nearest vectors finds."""

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
