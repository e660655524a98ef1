"""Vectors in their slots, with the codes that a search looks at first; in memory, or in files."""

import contextlib
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from services.catalog.clustering.digests import Digests
from services.catalog.clustering.growing import grow
from services.catalog.clustering.kept_vectors import KeptVectors
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.rows import Rows
from services.catalog.clustering.short_codes import ShortCodes
from services.catalog.clustering.similarity import Indices, Mask, Vectors
from services.catalog.clustering.snapshot import Snapshot
from services.catalog.clustering.vector_store import DamagedVectorsError, Lost, VectorStore, none_elsewhere
from services.catalog.clustering.whole_codes import WholeCodes

SAMPLE: Final = 4096
# So many rows stay in the second-level cache.
_ENCODED_AT_ONCE: Final = 512
_WRITTEN_AT_ONCE: Final = 4096


class CodedVectors:
    """Vectors, each in a slot that it keeps until it is removed; not thread-safe.

    Args:
        dimensions: components of a vector.
        similarity: that codes are fitted to find.
        sample: number of vectors from which the codes are fitted; fewer have none.
        lost: is asked for the vectors that a file has lost.

    Attributes:
        short: short codes of all slots, None while there are none.
        whole: whole codes of all slots, if there are short ones.
        kept: the files that hold the vectors, and the codes too, None while the vectors are in memory.
        damaged: whether the files failed, so that nothing here can be trusted.

    """

    def __init__(self, dimensions: int, similarity: float, sample: int, lost: Lost = none_elsewhere) -> None:
        self._store = VectorStore(dimensions, lost)
        self._similarity = similarity
        self._sample = sample
        self.short: ShortCodes | None = None
        self.whole = WholeCodes.from_vectors(self._store.rows.array)
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
    def digests(self) -> Digests:
        """Digests of the vectors, uint64 [capacity], 0 where a slot is free."""
        return self._store.digests

    @property
    def mended(self) -> bool:
        """Whether the files had lost a vector, so that there may be more."""
        return self._store.mended

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
        self._follow(slots, vectors)
        return slots

    def take_over(self, vectors: Vectors) -> Indices:
        """Do the same without a copy, only while there are no vectors: they are changed here from then on."""
        slots = self._store.take_over(vectors)
        self._follow(slots, vectors)
        return slots

    def resume(self, kept: KeptVectors, snapshot: Snapshot) -> None:
        """Go on with the vectors in the files `kept`, of which `snapshot` tells, only while there are none.

        Raises:
            OSError: they can't be read.
            SnapshotMismatchError: they are damaged.

        """
        end = int(snapshot.end)
        codes, whole = kept.read_codes(end, snapshot.checksums.tolist())
        self._store.resume(kept.vectors, snapshot.slots, snapshot.digests, end)
        for file in (kept.codes, kept.whole):
            file.cut(end)
        self.short = ShortCodes(Projection(snapshot.basis, float(snapshot.scale)), Rows(codes, kept.codes))
        self.short.error = float(snapshot.error)
        self.kept = kept
        self.whole = WholeCodes(
            self._store.rows.array, whole, snapshot.scales.copy(), snapshot.errors.copy(), self.take
        )

    def write(self, library: Path) -> KeptVectors:
        """Return new files of the vectors and codes, which `move` takes.

        Raises:
            OSError: they can't be written.
            DamagedVectorsError: a vector is lost, wherever it is read.

        """
        if self.short is None:
            # So few are kept in tests only, and in one form with others.
            self.adopt(Projection.fit(self.matrix[: self.end], self._similarity))
        starts = range(0, self.end, _WRITTEN_AT_ONCE)
        blocks = (self.take(np.arange(start, min(start + _WRITTEN_AT_ONCE, self.end))) for start in starts)
        return KeptVectors.write(library, blocks, self._codes.codes[: self.end], self.whole.codes[: self.end])

    def move(self, kept: KeptVectors) -> None:
        """Go on with `kept`, which `write` has just returned; close what there was before."""
        self._codes.rows.follow_in(kept.codes)
        self._store.move(kept.vectors)
        before, self.kept = self.kept, kept
        self._put_together()
        if before is not None:
            before.close()

    def is_kept_whole(self) -> bool:
        """Return whether the files are, as far as anybody knows, what they ought to be."""
        return self.kept is not None and not self.mended and self.kept.is_whole(self.end, self.checksums())

    def checksums(self) -> tuple[int, int]:
        """Return the CRC-32 of the short codes and of the whole ones, 0 where there are none."""
        whole = zlib.crc32(self.whole.codes[: self.end].data)
        return (self.short.checksum(self.end), whole) if self.short else (0, 0)

    def adopt(self, projection: Projection) -> None:
        """Encode all vectors by `projection`, those at hand and those to come."""
        self.short = ShortCodes(projection)
        self._reserve(self.short)
        for start in range(0, self.end, _ENCODED_AT_ONCE):
            block = np.arange(start, min(start + _ENCODED_AT_ONCE, self.end))
            self._encode(self.short, block, self.take(block))

    def remove(self, slots: Indices) -> None:
        """Remove the vectors in `slots`, int64 [m], all different.

        Raises:
            DamagedVectorsError: they are in files that can't be changed.

        """
        with self._files():
            if self.kept:
                self.kept.touch(slots)
            self._store.remove(slots)
            if self.short:
                self.short.clear(slots)
                self.whole.codes[slots] = 0
                self._follow_whole(slots)

    def take(self, slots: Indices) -> Vectors:
        """Return a copy of the vectors in `slots`, float32 [m, d]; threads may call it, each for others.

        Raises:
            DamagedVectorsError: one is not what was kept.

        """
        with self._files():
            return self._store.take(slots)

    @property
    def _codes(self) -> ShortCodes:
        if self.short is None:
            raise ValueError("there are no codes")
        return self.short

    def _follow(self, slots: Indices, vectors: Vectors) -> None:
        """Encode new vectors; learn how, once there are enough."""
        if self.short:
            self._reserve(self.short)
            with self._files():
                for start in range(0, len(slots), _ENCODED_AT_ONCE):
                    block = slice(start, start + _ENCODED_AT_ONCE)
                    self._encode(self.short, slots[block], vectors[block])
        elif len(self) >= self._sample:
            live = np.flatnonzero(self.used)
            picked = live[np.linspace(0, len(live) - 1, self._sample).astype(np.int64)]
            self.adopt(Projection.fit(self.matrix[picked], self._similarity))

    def _encode(self, short: ShortCodes, slots: Indices, vectors: Vectors) -> None:
        short.write(slots, vectors)
        self.whole.write(slots, vectors)
        self._follow_whole(slots)

    def _follow_whole(self, slots: Indices) -> None:
        """Have whole codes in their file as they are in memory."""
        if self.kept is not None:
            self.kept.whole.write(slots, self.whole.codes[slots])

    def _reserve(self, short: ShortCodes) -> None:
        """Have room for the codes of all slots."""
        if len(short.codes) < self.capacity:
            short.rows.grow(self.capacity)
        whole = self.whole
        if len(whole.codes) < self.capacity:
            for array in (whole.codes, whole.scales, whole.errors):
                grow(array, self.capacity)
        self._put_together()

    def _put_together(self) -> None:
        """Follow an array of vectors that is another one now."""
        take = self.take if self.kept else None
        self.whole = replace(self.whole, vectors=self.matrix, take=take)

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
