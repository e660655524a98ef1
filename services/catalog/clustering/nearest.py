"""Bounds on the k nearest vectors that tighten while a search goes on."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from services.catalog.clustering.kernels import row_dots
from services.catalog.clustering.similarity import Indices, NeighborRule, Vectors
from services.catalog.clustering.whole_codes import WholeCodes

# Slots, int64 [m], and lower and upper bounds on the similarities of their vectors, float32 [m] each.
Bounds = tuple[Indices, Vectors, Vectors]
# Less than the similarity of any two unit vectors.
_LEAST: Final = -2.0
# The rows of so many pairs stay in the second-level cache.
_PAIRS_AT_ONCE: Final = 1024


class NearestBounds:
    """The candidates for the `k` of `vectors` that are nearest to `query`.

    Attributes:
        enough: lower bound on the similarity of each of the k nearest.

    """

    def __init__(self, query: WholeCodes, vectors: WholeCodes, k: int) -> None:
        self._query = query
        self._vectors = vectors
        self._band = NeighborRule.for_distance(0, vectors.vectors.shape[1]).band
        self._k = k
        self._known: Bounds = (np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32))
        # Vectors that were read, by their slots, ascending: most are wanted twice again, and each is a call if it is in
        # a file.
        self._read = np.empty(0, np.int64)
        self._rows: Vectors = np.empty((0, vectors.vectors.shape[1]), np.float32)
        self.enough = _LEAST

    def examine(self, slots: Indices) -> Bounds:
        """Return those of `slots`, int64 [m], that may be among the nearest; safe to call from several threads."""
        found: list[Bounds] = []
        for start in range(0, max(1, len(slots)), _PAIRS_AT_ONCE):
            block = slots[start : start + _PAIRS_AT_ONCE]
            similar, doubt = self._query.similarities_to(self._vectors, block)
            near = similar + doubt >= self.enough
            found.append((block[near], (similar - doubt)[near], (similar + doubt)[near]))
        return _join(found)

    def narrow(self, found: Iterable[Bounds], *, by_vectors: bool = True) -> None:
        """Add what `examine` found among slots that had not been examined before, and tighten the bound.

        Without the vectors it is as loose as the codes' error, and nothing is read.
        """
        self._known = slots, least, _ = _join([self._known, *found])
        if len(slots) < self._k:
            return
        likeliest = np.argpartition(least, len(slots) - self._k)[len(slots) - self._k :]
        enough = float(least[likeliest].min())
        if by_vectors:
            # Of the k with the best lower bounds, the vectors themselves give a bound without the codes' error.
            similar = row_dots(self._query.vectors, self.vectors_in(slots[likeliest]))
            enough = float(similar.min()) - 2 * self._band
        self.enough = max(self.enough, enough)

    def nearest(self) -> Indices:
        """Return the slots, int64 [m >= k], of all candidates; the k nearest are among them."""
        return self.candidates()[0]

    def candidates(self) -> Bounds:
        """Return all that may be among the k nearest, with the bounds on their similarities."""
        slots, least, most = self._known
        near = most >= self.enough
        return slots[near], least[near], most[near]

    def vectors_in(self, slots: Indices) -> Vectors:
        """Return the vectors in `slots`, int64 [m] and all different, as float32 [m, d]; none is read twice."""
        missing = np.setdiff1d(slots, self._read, assume_unique=True)
        if missing.size:
            read = np.concatenate([self._read, missing])
            order = np.argsort(read)
            rows = np.concatenate([self._rows, self._vectors.vectors_in(missing)])
            self._read, self._rows = read[order], rows.take(order, axis=0)
        return self._rows.take(np.searchsorted(self._read, slots), axis=0)


def _join(found: list[Bounds]) -> Bounds:
    slots, least, most = zip(*found, strict=True)
    return np.concatenate(slots), np.concatenate(least), np.concatenate(most)
