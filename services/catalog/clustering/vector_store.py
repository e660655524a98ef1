"""A matrix of vectors that grows in place and reuses the rows of removed ones."""

from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Indices, Mask, Vectors

_MIN_CAPACITY: Final = 1024
_GROWTH: Final = 1.0625


class VectorStore:
    """A growing float32 matrix; each vector keeps its slot until it is removed.

    Attributes:
        matrix: float32 [capacity, d], zeros where a slot is free. Not to be kept across `add`.
        used: bool [capacity].
        end: every used slot is smaller.

    """

    def __init__(self, dimensions: int) -> None:
        self.matrix: Vectors = np.zeros((0, dimensions), np.float32)
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
        if reused:
            self.matrix[slots] = vectors
        else:
            # A slice is copied much faster than scattered rows.
            self.matrix[self.end - len(fresh) : self.end] = vectors
        self.used[slots] = True
        return slots

    def take_over(self, vectors: Vectors) -> Indices:
        """Make `vectors`, float32 [m, d], the matrix itself instead of a copy; only while there are none.

        From then on they are the store's to change; no view of them may be in use.
        """
        if self.end:
            raise ValueError("there are vectors already")
        self.matrix, self.used, self.end = vectors, np.ones(len(vectors), np.bool_), len(vectors)
        return np.arange(self.end)

    def remove(self, slots: Indices) -> None:
        """Forget the vectors in `slots`, which are all different."""
        self.matrix[slots] = 0
        self.used[slots] = False
        self._free.extend(slots.tolist())

    def _reserve(self, capacity: int) -> None:
        if capacity > len(self.matrix):
            capacity = max(capacity, _MIN_CAPACITY, int(len(self.matrix) * _GROWTH))
            grow(self.matrix, capacity)
            grow(self.used, capacity)


def grow(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]], rows: int) -> None:
    """Bring `array` to `rows` rows, new ones being zero; no view of its memory may be in use.

    The allocator moves large blocks by remapping their pages, with neither a copy nor twice the memory.
    """
    array.resize((rows, *array.shape[1:]), refcheck=False)
