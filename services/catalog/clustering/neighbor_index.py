"""Exact search among a changing set of vectors: by distance, and for the nearest ones.

Short int8 codes of all vectors are scanned first (see `projection`); they rule out most vectors as too far away. Only
the few that remain are compared in full, and `NeighborRule` has the last word. Results therefore do not depend on the
codes; a basis that fits the data badly costs time only.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from services.catalog.clustering.coded_vectors import SAMPLE, CodedVectors
from services.catalog.clustering.hits import Hits, by_query
from services.catalog.clustering.kept_vectors import KeptVectors
from services.catalog.clustering.kernels import dots_with
from services.catalog.clustering.matches import Bounded, Matches
from services.catalog.clustering.nearest_search import NearestSearch
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.ranges import Ranges
from services.catalog.clustering.short_codes import ShortCodes
from services.catalog.clustering.similarity import Indices, NeighborRule, Vectors
from services.catalog.clustering.snapshot import Snapshot
from services.catalog.clustering.vector_store import Lost, none_elsewhere
from services.catalog.clustering.whole_codes import WholeCodes, judge, may_be

# Codes are fitted for searches up to this distance: as far as the people layer looks around a face for single others.
_REACH: Final = 0.47
_DOTS_AT_ONCE: Final = 1 << 19
# Waking a thread costs as much as so many products, and reading a row as much as a few.
_MIN_DOTS_PER_THREAD: Final = 1_000_000
_DOTS_A_ROW: Final = 4


class NeighborIndex:
    """Searches vectors, each in a slot that it keeps until it is removed; not thread-safe.

    Args:
        dimensions: components of a vector.
        eps: largest cosine distance of two neighbours.
        threads: number that scan in parallel, each a range of rows.
        sample: number of vectors from which the codes are fitted; fewer are compared in full.
        lost: is asked for the vectors, by slot, that a file has lost.

    Attributes:
        compared: number of pairs of a query and a vector scanned so far, for all that are near.
        candidates: number of those that had to be compared in full.

    """

    def __init__(
        self, dimensions: int, eps: float, *, threads: int = 1, sample: int = SAMPLE, lost: Lost = none_elsewhere
    ) -> None:
        self._rule = NeighborRule.for_distance(eps, dimensions)
        self._held = CodedVectors(dimensions, 1 - max(eps, _REACH), sample, lost)
        self._ranges = Ranges(threads)
        self._search = NearestSearch(self._held, self._ranges)
        self.compared = 0
        self.candidates = 0

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self._held)

    @property
    def capacity(self) -> int:
        """Number of slots with room; every slot is smaller."""
        return self._held.capacity

    @property
    def end(self) -> int:
        """Every slot in use is smaller."""
        return self._held.end

    @property
    def dimensions(self) -> int:
        """Components of a vector."""
        return int(self._held.matrix.shape[1])

    @property
    def projection(self) -> Projection | None:
        """How the vectors are encoded; None while there are fewer than `sample`."""
        return self._held.short.projection if self._held.short else None

    @property
    def short(self) -> ShortCodes | None:
        """The short codes of all slots; None while there are fewer than `sample` vectors."""
        return self._held.short

    @property
    def held(self) -> CodedVectors:
        """The vectors, their codes and their files; vectors are added and removed here."""
        return self._held

    def add(self, vectors: Vectors) -> Indices:
        """Add `vectors`, unit float32 [m, d]; return their slots, int64 [m]."""
        return self._held.add(vectors)

    def take_over(self, vectors: Vectors) -> Indices:
        """Do the same without a copy, only while there are no vectors: they are the index's to change from then on."""
        return self._held.take_over(vectors)

    def resume(self, kept: KeptVectors, snapshot: Snapshot) -> None:
        """Go on with vectors in files, see `CodedVectors.resume`."""
        self._held.resume(kept, snapshot)

    def adopt(self, projection: Projection) -> None:
        """Encode all vectors by `projection`, those at hand and those to come."""
        self._held.adopt(projection)

    def remove(self, slots: Indices) -> None:
        """Remove the vectors in `slots`, int64 [m], all different; raises OSError where files can't be changed."""
        self._held.remove(slots)

    def vectors(self, slots: Indices) -> Vectors:
        """Return a copy of the vectors in `slots`, float32 [m, d]."""
        return self._held.take(slots)

    def all_vectors(self) -> Vectors:
        """Return a view of the vectors of all slots, float32 [m, d]; not to be kept across `add`."""
        return self._held.matrix[: self._held.end]

    def whole(self) -> WholeCodes | None:
        """Return a view of the whole codes of all slots, None while there are no codes; not to be kept across `add`."""
        return self._held.whole.part(slice(0, self._held.end)) if self._held.short else None

    def neighbors(self, queries: Vectors, distance: float | None = None) -> list[Indices]:
        """Return, for each of `queries`, unit float32 [m, d], the slots of all vectors near to it, ascending.

        Args:
            queries: their own slots are among the results.
            distance: at most so far away; None stands for eps.

        """
        if not len(self):
            return [np.empty(0, np.int64)] * len(queries)
        rule = self._rule if distance is None else self._rule_for(distance)
        return by_query(len(queries), lambda rows: self._neighbors_of(queries[rows], rule))

    def near(self, queries: Vectors, distances: Sequence[float]) -> list[Indices]:
        """Return, for each of `queries`, the slots of all vectors at most its one of `distances` away, and some others.

        For those who judge what they find by themselves: the vectors aren't looked at, only their codes.
        """
        if not len(self):
            return [np.empty(0, np.int64)] * len(queries)
        possible = np.array([self._rule_for(distance).possible for distance in distances])
        return by_query(len(queries), lambda rows: self._near(queries[rows], possible[rows]))

    def nearer(self, query: Vectors, slots: Indices, distance: float) -> Indices:
        """Return those of `slots`, int64 [m], whose vectors are at most `distance` away from `query`, unit float32 [d].

        What a search further out has found needs no second one.
        """
        queries = query[np.newaxis]
        return self._decide(self._rule_for(distance), queries, self._coded(queries), np.zeros_like(slots), slots)[1]

    def nearest(self, queries: Vectors, k: int) -> list[Matches]:
        """Return, for each of `queries`, unit float32 [m, d], the `k` vectors nearest to it, or all if they are fewer.

        Of vectors at the same distance, to the last bit of float64, those with the lower slots are returned.
        """
        return [self._search.nearest(query, k) for query in queries]

    def bounded(self, queries: Vectors, k: int) -> list[Bounded]:
        """Return, for each of `queries`, unit float32 [m, d], vectors among which are its `k` nearest, and bounds.

        For those who need the distances of few of them: the vectors aren't looked at, only their codes.
        """
        return [self._search.bounded(query, k) for query in queries]

    def bounds_of(self, query: Vectors, slots: Indices) -> Bounded:
        """Return the same of the vectors in `slots`, int64 [m], for `query`, unit float32 [d]."""
        return self._search.bounds_of(query, slots)

    def _rule_for(self, distance: float) -> NeighborRule:
        return NeighborRule.for_distance(distance, self.dimensions)

    def _pairs(self, queries: Vectors, possible: Vectors, decide: Callable[[Indices, Indices], Hits]) -> Hits:
        """Return positions in `queries` and slots of all pairs as similar as `possible` that `decide` accepts."""
        filter_ = self._filter(queries, possible)
        # All queries are compared with a block of rows at once, so large that the products stay in the cache.
        step = max(1, _DOTS_AT_ONCE // len(queries))

        def search(rows: slice) -> tuple[int, list[Hits]]:
            candidates = 0
            hits = []
            for start in range(rows.start, rows.stop, step):
                # Positions in the flattened products, rows by queries, of the pairs that may be neighbours. With one
                # query they are rows already: the division is worth sparing.
                flat = filter_(slice(start, min(start + step, rows.stop)))
                slots, query = np.divmod(flat, len(queries)) if len(queries) > 1 else (flat, np.zeros_like(flat))
                slots += start
                candidates += len(slots)
                # The filter lets through every neighbour and few others; the rule has the last word.
                hits.append(decide(query, slots))
            return candidates, hits

        found: list[Hits] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for candidates, hits in self._ranges.map(
            search, self._held.end, _MIN_DOTS_PER_THREAD // (_DOTS_A_ROW + len(queries))
        ):
            self.candidates += candidates
            found += hits
        self.compared += len(queries) * self._held.end
        return np.concatenate([query for query, _ in found]), np.concatenate([slots for _, slots in found])

    def _filter(self, queries: Vectors, possible: Vectors) -> Callable[[slice], Indices]:
        """Return a function that finds, in a slice of m rows, pairs that may be as similar as `possible`, float32 [k].

        It returns their positions, int64, in the flattened [m, k].
        """
        short = self._held.short
        if short is None:
            return lambda rows: np.flatnonzero(self._held.matrix[rows] @ queries.T >= possible)
        encoded = short.projection.encode(queries)
        dots = dots_with(encoded.codes)
        least = np.array([short.least_dot(similarity, encoded.error) for similarity in possible.tolist()], np.int32)
        return lambda rows: np.flatnonzero(dots(short.codes[rows]) >= least)

    def _neighbors_of(self, queries: Vectors, rule: NeighborRule) -> Hits:
        """Return positions in `queries` and slots of all pairs that `rule` accepts."""
        whole = self._coded(queries)
        possible = np.full(len(queries), rule.possible)
        return self._pairs(queries, possible, lambda query, slots: self._decide(rule, queries, whole, query, slots))

    def _near(self, queries: Vectors, possible: Vectors) -> Hits:
        """Return positions in `queries` and slots of all pairs that may be as similar as `possible`."""
        whole = self._coded(queries)

        def decide(query: Indices, slots: Indices) -> Hits:
            # Free slots are similar to nothing.
            near = self._held.used[slots]
            if whole:
                near &= may_be(possible, whole, query, self._held.whole, slots)
            return query[near], slots[near]

        return self._pairs(queries, possible, decide)

    def _coded(self, queries: Vectors) -> WholeCodes | None:
        return WholeCodes.from_vectors(queries) if self._held.short else None

    def _decide(
        self, rule: NeighborRule, queries: Vectors, whole: WholeCodes | None, query: Indices, slots: Indices
    ) -> Hits:
        if whole:
            accepted = judge(rule, whole, query, self._held.whole, slots)
        else:
            accepted = rule.decide(queries, query, self._held.matrix, slots)
        # Free slots hold zeros, which are at a distance of 1 from everything.
        accepted &= self._held.used[slots]
        return query[accepted], slots[accepted]
