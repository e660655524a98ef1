"""Vectors in their slots, with the codes that a search looks at first; in memory, or in files."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from services.catalog.clustering.growing import grow
from services.catalog.clustering.kept_vectors import KeptVectors
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.rows import Rows
from services.catalog.clustering.short_codes import ShortCodes
from services.catalog.clustering.similarity import Indices, Mask, Vectors
from services.catalog.clustering.snapshot import Snapshot
from services.catalog.clustering.unread import DamagedVectorsError, UnreadVectors
from services.catalog.clustering.vector_store import VectorStore
from services.catalog.clustering.whole_codes import WholeCodes

SAMPLE: Final = 4096
# So many rows stay in the second-level cache.
_ENCODED_AT_ONCE: Final = 512


class CodedVectors:
    """Vectors, each in a slot that it keeps until it is removed; not thread-safe.

    Args:
        dimensions: components of a vector.
        similarity: that codes are fitted to find.
        sample: number of vectors from which the codes are fitted; fewer have none.

    Attributes:
        short: short codes of all slots, None while there are none.
        whole: whole codes of all slots, if there are short ones.
        kept: the files that hold the vectors and their codes, None while they are in memory.
        damaged: whether the files failed, so that nothing here can be trusted.

    """

    def __init__(self, dimensions: int, similarity: float, sample: int) -> None:
        self._store = VectorStore(dimensions)
        self._similarity = similarity
        self._sample = sample
        self._unread: UnreadVectors | None = None
        self.short: ShortCodes | None = None
        self.whole = WholeCodes.from_vectors(self._store.rows.array)
        self._whole_rows = Rows(self.whole.codes)
        self.kept: KeptVectors | None = None
        self.damaged = False

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self._store)

    @property
    def matrix(self) -> Vectors:
        """The vectors, float32 [capacity, d], zeros where a slot is free; only while they are in memory."""
        return self._store.rows.array

    @property
    def capacity(self) -> int:
        """Number of slots with room."""
        return self._store.rows.capacity

    @property
    def used(self) -> Mask:
        """Which slots are used, bool [capacity]."""
        return self._store.used

    @property
    def end(self) -> int:
        """Every used slot is smaller."""
        return self._store.end

    def add(self, vectors: Vectors) -> Indices:
        """Add `vectors`, unit float32 [m, d]; return their slots, int64 [m].

        Raises:
            DamagedVectorsError: the disk is full.

        """
        with self._files():
            slots = self._store.add(vectors)
        self._follow(slots)
        return slots

    def take_over(self, vectors: Vectors) -> Indices:
        """Do the same without a copy, only while there are no vectors: they are changed here from then on."""
        slots = self._store.take_over(vectors)
        self._follow(slots)
        return slots

    def resume(self, kept: KeptVectors, snapshot: Snapshot) -> None:
        """Go on with the vectors in the files `kept`, of which `snapshot` tells, only while there are none.

        A vector is held against its digest when it is first read.
        """
        end = int(snapshot.end)
        self._store.resume(kept.vectors, snapshot.slots, end)
        self.short = ShortCodes(Projection(snapshot.basis, float(snapshot.scale)))
        self.short.error = float(snapshot.error)
        for rows, file in ((self.short.rows, kept.codes), (self._whole_rows, kept.whole)):
            file.cut(end)
            rows.move(file, end)
        self._unread = UnreadVectors(snapshot.slots, snapshot.digests)
        self.kept = kept
        self._put_together(snapshot.scales.copy(), snapshot.errors.copy())

    def write(self, library: Path) -> KeptVectors:
        """Return new files of the vectors and codes, which `move` takes, while there are none.

        Raises:
            OSError: they can't be written.

        """
        if self.short is None:
            # So few are kept in tests only, and in one form with others.
            self.adopt(Projection.fit(self.matrix[: self.end], self._similarity))
        used = slice(self.end)
        return KeptVectors.write(library, self.matrix[used], self._codes.codes[used], self.whole.codes[used])

    def move(self, kept: KeptVectors) -> None:
        """Go on with `kept`, which `write` has just returned.

        Raises:
            OSError: the disk is full.

        """
        capacity = self.capacity
        self._codes.rows.move(kept.codes, capacity)
        self._whole_rows.move(kept.whole, capacity)
        self._store.rows.move(kept.vectors, capacity)
        self.kept = kept
        self._put_together(self.whole.scales, self.whole.errors)

    def adopt(self, projection: Projection) -> None:
        """Encode all vectors by `projection`, those at hand and those to come."""
        self.short = ShortCodes(projection)
        self._encode(self.short, np.arange(self.end))

    def remove(self, slots: Indices) -> None:
        """Remove the vectors in `slots`, int64 [m], all different.

        Raises:
            DamagedVectorsError: they are in files that can't be changed.

        """
        with self._files():
            if self.kept:
                self.kept.touch(slots)
            if self._unread:
                self._unread.forget(slots)
            self._store.remove(slots)
        if self.short:
            self.short.clear(slots)
            self.whole.codes[slots] = 0

    def take(self, slots: Indices) -> Vectors:
        """Return a copy of the vectors in `slots`, float32 [m, d]; threads may call it, each for others.

        Raises:
            DamagedVectorsError: one is not what was kept.

        """
        with self._files():
            vectors = self._store.rows.take(slots)
            if self._unread:
                self._unread.check(slots, vectors)
        return vectors

    @property
    def _codes(self) -> ShortCodes:
        if self.short is None:
            raise ValueError("there are no codes")
        return self.short

    def _follow(self, slots: Indices) -> None:
        """Encode new vectors; learn how, once there are enough."""
        if self.short:
            self._encode(self.short, slots)
        elif len(self) >= self._sample:
            live = np.flatnonzero(self.used)
            picked = live[np.linspace(0, len(live) - 1, self._sample).astype(np.int64)]
            self.adopt(Projection.fit(self.matrix[picked], self._similarity))

    def _encode(self, short: ShortCodes, slots: Indices) -> None:
        with self._files():
            if len(short.codes) < self.capacity:
                short.rows.grow(self.capacity)
            if len(self.whole.codes) < self.capacity:
                self._whole_rows.grow(self.capacity)
                grow(self.whole.scales, self.capacity)
                grow(self.whole.errors, self.capacity)
        self._put_together(self.whole.scales, self.whole.errors)
        for start in range(0, len(slots), _ENCODED_AT_ONCE):
            block = slots[start : start + _ENCODED_AT_ONCE]
            vectors = self._store.rows.take(block)
            short.write(block, vectors)
            self.whole.write(block, vectors)

    def _put_together(self, scales: Vectors, errors: Vectors) -> None:
        """Follow arrays that are other ones now."""
        take = self.take if self.kept else None
        self.whole = WholeCodes(self.matrix, self._whole_rows.array, scales, errors, take)

    @contextlib.contextmanager
    def _files(self) -> Iterator[None]:
        """Note that what is in memory can't be trusted if the files fail half-way."""
        try:
            yield
        except OSError as error:
            self.damaged = True
            raise DamagedVectorsError(str(error)) from error
        except DamagedVectorsError:
            self.damaged = True
            raise
