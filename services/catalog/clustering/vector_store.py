"""Vectors in rows that are added in place, and reused after removed ones."""

from typing import Final

import numpy as np

from services.catalog.clustering.files import RowFile
from services.catalog.clustering.growing import grow
from services.catalog.clustering.rows import VectorRows
from services.catalog.clustering.similarity import Indices, Mask, Vectors

_MIN_CAPACITY: Final = 1024
_GROWTH: Final = 1.0625


class VectorStore:
    """Growing rows of float32; each vector keeps its slot until it is removed.

    Attributes:
        rows: the vectors, zeros where a slot is free.
        used: bool [capacity].
        end: every used slot is smaller.

    """

    def __init__(self, dimensions: int) -> None:
        self.rows = VectorRows(np.zeros((0, dimensions), np.float32))
        self.used: Mask = np.zeros(0, np.bool_)
        self.end = 0
        self._free: list[int] = []

    def __len__(self) -> int:
        """Return the number of vectors."""
        return self.end - len(self._free)

    def add(self, vectors: Vectors) -> Indices:
        """Add `vectors`, float32 [m, d]; return their slots, int64 [m]."""
        reused = min(len(vectors), len(self._free))
        self._reserve(self.end + len(vectors) - reused)
        fresh = np.arange(self.end, self.end + len(vectors) - reused)
        slots = np.concatenate([np.array(self._free[len(self._free) - reused :][::-1], np.int64), fresh])
        del self._free[len(self._free) - reused :]
        self.end += len(fresh)
        self.rows.write(slots, vectors)
        self.used[slots] = True
        return slots

    def take_over(self, vectors: Vectors) -> Indices:
        """Make `vectors`, float32 [m, d], the rows themselves instead of a copy; only while there are none.

        From then on they are the store's to change; no view of them may be in use.
        """
        if self.end:
            raise ValueError("there are vectors already")
        self.rows, self.used, self.end = VectorRows(vectors), np.ones(len(vectors), np.bool_), len(vectors)
        return np.arange(self.end)

    def resume(self, file: RowFile[np.float32], slots: Indices, end: int) -> None:
        """Make the first `end` rows of `file` the vectors, of which `slots` are used; only while there are none."""
        if self.end:
            raise ValueError("there are vectors already")
        file.cut(end)
        self.rows.move(file, end)
        self.used, self.end = np.zeros(end, np.bool_), end
        self.used[slots] = True
        self._free = np.flatnonzero(~self.used).tolist()

    def remove(self, slots: Indices) -> None:
        """Forget the vectors in `slots`, which are all different."""
        self.rows.write(slots, np.zeros((len(slots), self.rows.array.shape[1]), np.float32))
        self.used[slots] = False
        self._free.extend(slots.tolist())

    def _reserve(self, capacity: int) -> None:
        if capacity > self.rows.capacity:
            capacity = max(capacity, _MIN_CAPACITY, int(self.rows.capacity * _GROWTH))
            self.rows.grow(capacity)
            grow(self.used, capacity)
