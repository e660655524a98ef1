"""The short codes of all slots of a neighbour index, see `projection`."""

import zlib

import numpy as np

from services.catalog.clustering.kernels import Codes
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.rows import Rows
from services.catalog.clustering.similarity import Indices, Vectors


class ShortCodes:
    """Codes that grow with the slots.

    Args:
        projection: how vectors are encoded.
        rows: of codes that there are already.

    Attributes:
        projection: how vectors are encoded.
        rows: of the codes.
        error: the largest |e| of all that were written.

    """

    def __init__(self, projection: Projection, rows: Rows[np.int8] | None = None) -> None:
        self.projection = projection
        self.rows = rows or Rows(np.zeros((0, projection.width), np.int8))
        self.error = 0.0

    @property
    def codes(self) -> Codes:
        """The codes, int8 [capacity, width], zeros where nothing was written; not to be kept while it changes."""
        return self.rows.array

    def write(self, slots: Indices, vectors: Vectors) -> None:
        """Encode `vectors`, float32 [m, d], which are in `slots`, int64 [m]."""
        encoded = self.projection.encode(vectors)
        self.rows.write(slots, encoded.codes)
        self.error = max(self.error, encoded.error)

    def clear(self, slots: Indices) -> None:
        """Forget what is in `slots`."""
        self.rows.write(slots, np.zeros((len(slots), self.codes.shape[1]), np.int8))

    def checksum(self, end: int) -> int:
        """Return the CRC-32 of the first `end` codes."""
        return zlib.crc32(self.codes[:end].data)

    def least_dot(self, similarity: float, error: float) -> int:
        """Return the least product of a query's code, whose error is at most `error`, with that of a similar vector."""
        return self.projection.least_dot(similarity, error, self.error)
