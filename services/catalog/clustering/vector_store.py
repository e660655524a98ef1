"""Vectors in rows that are added in place, and reused after removed ones; what a file has lost comes from elsewhere."""

import contextlib
from collections.abc import Callable
from typing import Final

import numpy as np

from services.catalog.clustering.digests import Digests, face_digests
from services.catalog.clustering.files import RowFile
from services.catalog.clustering.growing import grow
from services.catalog.clustering.rows import VectorRows
from services.catalog.clustering.similarity import Indices, Mask, Vectors

# Returns the vectors, float32 [m, d], that are in some slots, int64 [m].
Lost = Callable[[Indices], Vectors]
_MIN_CAPACITY: Final = 1024
_GROWTH: Final = 1.0625


class DamagedVectorsError(Exception):
    """Vectors in a file can't be read or written, or are not the ones that were kept; load the faces instead."""


def none_elsewhere(slots: Indices) -> Vectors:
    """Raise `DamagedVectorsError`: what a file has lost is nowhere else."""
    raise DamagedVectorsError(f"{len(slots)} vectors in a file differ from those that were kept")


class VectorStore:
    """Growing rows of float32; each vector keeps its slot until it is removed.

    What is in a file may be damaged at any moment, so it is held against a digest whenever it is read.

    Args:
        dimensions: components of a vector.
        lost: is asked for the vectors that a file has lost; may raise `DamagedVectorsError`.

    Attributes:
        rows: the vectors, zeros where a slot is free.
        used: bool [capacity].
        digests: uint64 [capacity], of the vectors.
        end: every used slot is smaller.
        mended: whether the file had lost a vector: there may be more.

    """

    def __init__(self, dimensions: int, lost: Lost = none_elsewhere) -> None:
        self.rows = VectorRows(np.zeros((0, dimensions), np.float32))
        self.used: Mask = np.zeros(0, np.bool_)
        self.digests: Digests = np.zeros(0, np.uint64)
        self.end = 0
        self.mended = False
        self._lost = lost
        self._free: list[int] = []

    def __len__(self) -> int:
        """Return the number of vectors."""
        return self.end - len(self._free)

    @property
    def dimensions(self) -> int:
        """Components of a vector."""
        return int(self.rows.array.shape[1])

    def add(self, vectors: Vectors) -> Indices:
        """Add `vectors`, float32 [m, d]; return their slots, int64 [m]."""
        reused = min(len(vectors), len(self._free))
        self._reserve(self.end + len(vectors) - reused)
        fresh = np.arange(self.end, self.end + len(vectors) - reused)
        slots = np.concatenate([np.array(self._free[len(self._free) - reused :][::-1], np.int64), fresh])
        del self._free[len(self._free) - reused :]
        self.end += len(fresh)
        self.rows.write(slots, vectors)
        self.used[slots], self.digests[slots] = True, face_digests(vectors)
        return slots

    def take_over(self, vectors: Vectors) -> Indices:
        """Make `vectors`, float32 [m, d], the rows themselves instead of a copy; only while there are none.

        From then on they are the store's to change; no view of them may be in use.
        """
        if self.end:
            raise ValueError("there are vectors already")
        self.rows, self.used, self.end = VectorRows(vectors), np.ones(len(vectors), np.bool_), len(vectors)
        self.digests = face_digests(vectors)
        return np.arange(self.end)

    def resume(self, file: RowFile[np.float32], slots: Indices, digests: Digests, end: int) -> None:
        """Make the first `end` rows of `file` the vectors, only while there are none.

        Args:
            file: of the vectors.
            slots: int64 [n], those that are used.
            digests: uint64 [n], of the vectors in them.
            end: every slot is smaller.

        """
        if self.end:
            raise ValueError("there are vectors already")
        file.cut(end)
        self.rows.move(file, end)
        self.used, self.digests, self.end = np.zeros(end, np.bool_), np.zeros(end, np.uint64), end
        self.used[slots], self.digests[slots] = True, digests
        self._free = np.flatnonzero(~self.used).tolist()

    def move(self, file: RowFile[np.float32]) -> None:
        """Go on with `file`, which holds the same vectors and is whole."""
        self.rows.move(file, self.rows.capacity)
        self.mended = False

    def take(self, slots: Indices) -> Vectors:
        """Return a copy of the vectors in `slots`, float32 [m, d]; threads may call it.

        Raises:
            DamagedVectorsError: a file has lost one, and it is nowhere else.

        """
        if not self.rows.in_file:
            return self.rows.take(slots)
        try:
            vectors = self.rows.take(slots)
        except OSError:
            # None of them can be told from zeros, and none is taken for right.
            vectors = np.zeros((len(slots), self.dimensions), np.float32)
        damaged = np.flatnonzero(face_digests(vectors) != self.digests[slots])
        if damaged.size:
            vectors[damaged] = self._mend(slots[damaged])
        return vectors

    def remove(self, slots: Indices) -> None:
        """Forget the vectors in `slots`, which are all different."""
        self.rows.write(slots, np.zeros((len(slots), self.dimensions), np.float32))
        self.used[slots], self.digests[slots] = False, 0
        self._free.extend(slots.tolist())

    def _mend(self, slots: Indices) -> Vectors:
        """Return the vectors in `slots`, which the file has lost, and put them there again."""
        vectors = np.zeros((len(slots), self.dimensions), np.float32)
        used = self.used[slots]
        # Before anything is read that takes time: others may meet more of the damage meanwhile.
        self.mended = True
        if used.any():
            vectors[used] = self._lost(slots[used])
        if not np.array_equal(face_digests(vectors), self.digests[slots]):
            raise DamagedVectorsError("a vector differs from the one that was kept, wherever it is read")
        # What can't be written is mended again the next time.
        with contextlib.suppress(OSError):
            self.rows.write(slots, vectors)
        return vectors

    def _reserve(self, capacity: int) -> None:
        if capacity > self.rows.capacity:
            capacity = max(capacity, _MIN_CAPACITY, int(self.rows.capacity * _GROWTH))
            self.rows.grow(capacity)
            grow(self.used, capacity)
            grow(self.digests, capacity)
