"""The short codes of all slots of a neighbour index, see `projection`."""

from typing import Final

import numpy as np

from services.catalog.clustering.projection import Projection
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.vector_store import grow

_ENCODED_AT_ONCE: Final = 512


class ShortCodes:
    """Codes that grow with the slots.

    Attributes:
        projection: how vectors are encoded.
        codes: int8 [capacity, width], zeros where nothing was written. Not to be kept across `write`.

    """

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.codes = np.zeros((0, projection.width), np.int8)
        self._error = 0.0

    def write(self, slots: Indices, vectors: Vectors, capacity: int) -> None:
        """Encode what is in `slots`, int64 [m], of `vectors`, float32 [capacity, d]."""
        if len(self.codes) < capacity:
            grow(self.codes, capacity)
        for start in range(0, len(slots), _ENCODED_AT_ONCE):
            block = slots[start : start + _ENCODED_AT_ONCE]
            encoded = self.projection.encode(vectors[block])
            self.codes[block] = encoded.codes
            self._error = max(self._error, encoded.error)

    def clear(self, slots: Indices) -> None:
        """Forget what is in `slots`."""
        self.codes[slots] = 0

    def least_dot(self, similarity: float, error: float) -> int:
        """Return the least product of a query's code, whose error is at most `error`, with that of a similar vector."""
        return self.projection.least_dot(similarity, error, self._error)
