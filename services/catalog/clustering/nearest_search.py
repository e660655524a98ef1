"""The vectors nearest to a query: exactly, or as far as codes tell, which takes much less."""

from collections.abc import Callable
from typing import Final

import numpy as np

from services.catalog.clustering.coded_vectors import CodedVectors
from services.catalog.clustering.matches import Bounded, Matches
from services.catalog.clustering.nearest import NearestBounds
from services.catalog.clustering.ranges import Ranges
from services.catalog.clustering.scan import Scan
from services.catalog.clustering.similarity import Indices, Vectors, cosine_distance
from services.catalog.clustering.whole_codes import WholeCodes

_PAIRS_AT_ONCE: Final = 4096
# Waking a thread takes as long as scanning, or examining, a part of these.
_MIN_ROWS_PER_THREAD: Final = 50_000
_MIN_EXAMINED_PER_THREAD: Final = 10_000
# At least so many are examined first: they tighten the bound for all others.
_MIN_LIKELIEST: Final = 256
# Where vectors are not to tighten it, so many times as many as are wanted make up for that.
_LIKELY_WITHOUT_VECTORS: Final = 4


class NearestSearch:
    """Searches the vectors of an index.

    Args:
        held: the vectors.
        ranges: threads that share the rows.

    """

    def __init__(self, held: CodedVectors, ranges: Ranges) -> None:
        self._held = held
        self._ranges = ranges

    def nearest(self, query: Vectors, k: int) -> Matches:
        """Return the `k` vectors nearest to `query`, unit float32 [d]; see `NeighborIndex.nearest`."""
        k = min(k, len(self._held))
        if k <= 0:
            return Matches(np.empty(0, np.int64), np.empty(0))
        bounds = self._bounds(query, k, by_vectors=True)
        if bounds is None:
            return self._matches(query, np.flatnonzero(self._held.used), self._held.take).first(k)
        return self._matches(query, bounds.nearest(), bounds.vectors_in).first(k)

    def bounded(self, query: Vectors, k: int) -> Bounded:
        """Return vectors among which are the `k` nearest to `query`, unit float32 [d], by their codes alone."""
        k = min(k, len(self._held))
        bounds = self._bounds(query, k, by_vectors=False) if k > 0 else None
        if bounds is None:
            found = self.nearest(query, k)
            reach = float(found.distances[-1]) if 0 < k < len(self._held) else np.inf
            return Bounded(found.slots, found.distances, found.distances, reach)
        slots, least, most = bounds.candidates()
        reach = 1 - bounds.enough if len(slots) < len(self._held) else np.inf
        return Bounded(slots, _distances(most), _distances(least), reach)

    def bounds_of(self, query: Vectors, slots: Indices) -> Bounded:
        """Return bounds on the distances of the vectors in `slots`, int64 [m], by their codes alone."""
        queries = query[np.newaxis]
        if self._held.short is None:
            distances = cosine_distance(queries, self._held.take(slots))
            return Bounded(slots, distances, distances, np.inf)
        similar, doubt = WholeCodes.from_vectors(queries).similarities_to(self._held.whole, slots)
        return Bounded(slots, _distances(similar + doubt), _distances(similar - doubt), np.inf)

    def _bounds(self, query: Vectors, k: int, *, by_vectors: bool) -> NearestBounds | None:
        """Return what codes tell of the `k` nearest, and vectors if they may be looked at; None without codes."""
        short = self._held.short
        if short is None:
            return None
        queries = query[np.newaxis]
        encoded = short.projection.encode(queries)

        def scan_rows(rows: slice) -> Scan:
            return Scan.run(encoded.codes, short.codes[rows])

        scan = Scan.join(list(self._ranges.map(scan_rows, self._held.end, _MIN_ROWS_PER_THREAD)))
        # The likeliest first: the bound that they give spares most of the others.
        likely = max(k if by_vectors else _LIKELY_WITHOUT_VECTORS * k, _MIN_LIKELIEST)
        likeliest = scan.dots >= scan.reached_by(min(likely, self._held.end))
        bounds = NearestBounds(WholeCodes.from_vectors(queries), self._held.whole, k)
        self._examine(bounds, np.flatnonzero(likeliest), by_vectors=by_vectors)
        possible = scan.dots >= short.least_dot(bounds.enough, encoded.error)
        self._examine(bounds, np.flatnonzero(possible & ~likeliest), by_vectors=by_vectors)
        return bounds

    def _examine(self, bounds: NearestBounds, slots: Indices, *, by_vectors: bool) -> None:
        slots = slots[self._held.used[slots]]
        found = self._ranges.map(lambda part: bounds.examine(slots[part]), len(slots), _MIN_EXAMINED_PER_THREAD)
        bounds.narrow(found, by_vectors=by_vectors)

    def _matches(self, query: Vectors, slots: Indices, take: Callable[[Indices], Vectors]) -> Matches:
        distances = np.empty(len(slots))
        for start in range(0, len(slots), _PAIRS_AT_ONCE):
            block = slice(start, start + _PAIRS_AT_ONCE)
            distances[block] = cosine_distance(query[np.newaxis], take(slots[block]))
        order = np.lexsort((slots, distances))
        return Matches(slots[order], distances[order])


def _distances(similarities: Vectors) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return 1 - similarities.astype(np.float64)
