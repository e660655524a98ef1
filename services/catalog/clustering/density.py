"""One pass over all pairs of a set of vectors, for a full run: neighbour counts, cores and connected cores.

The pairs are visited in square tiles of the upper triangle. Two vectors are joined as soon as both are known to be
cores; an edge with an end that is not yet known to be one waits. A non-core end has fewer than min_samples neighbours,
so fewer than n * min_samples edges wait. No other edge is kept: memory is O(n * min_samples).

Threads take rows of tiles. Their edges are merged under a lock, in any order: neither counts nor connections nor the
neighbours of non-core vectors depend on it.
"""

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.coded_vectors import SAMPLE
from services.catalog.clustering.disjoint_sets import DisjointSets
from services.catalog.clustering.progress import Progress, ignore_progress
from services.catalog.clustering.projection import PRODUCT_RECHECK, Projection
from services.catalog.clustering.similarity import Indices, Mask, NeighborRule, Vectors
from services.catalog.clustering.tile_product import TileProduct
from services.catalog.clustering.tiles import TileRow, visit
from services.catalog.clustering.whole_codes import WholeCodes

_MIN_WAITING: Final = 1 << 18
# With fewer vectors, comparing them in full is quicker than fitting codes to them.
_MIN_ENCODED: Final = 6144


@dataclass(frozen=True, slots=True)
class DensityGraph:
    """What DBSCAN needs to know of the neighbourhood graph of n vectors.

    Attributes:
        counts: int64 [n], neighbours of each vector, itself included.
        core: bool [n], whether there are at least min_samples of them.
        component: int64 [n], of a core the lowest index among the cores that it is connected to through cores;
            of any other vector its own index.
        noncore_from: int64 [k], non-core vectors, once for each neighbour.
        noncore_to: int64 [k], that neighbour.

    """

    counts: Indices
    core: Mask
    component: Indices
    noncore_from: Indices
    noncore_to: Indices


def density_graph(
    vectors: Vectors,
    eps: float,
    min_samples: int,
    *,
    whole: WholeCodes | None = None,
    threads: int = 1,
    progress: Progress = ignore_progress,
) -> DensityGraph:
    """Visit all pairs of `vectors`, unit float32 [n, d]; neighbours are those of `NeighborRule`.

    Args:
        vectors: C-contiguous.
        eps: largest cosine distance of two neighbours.
        min_samples: neighbours that make a core, itself included.
        whole: the whole codes of `vectors`, if there are any already.
        threads: number that run in parallel.
        progress: counts pairs of vectors; an exception it raises cancels the pass.

    """
    builder = GraphBuilder(len(vectors), min_samples)
    visit(tile_row(vectors, eps, whole), builder.merge, threads, progress)
    return builder.graph()


def tile_row(vectors: Vectors, eps: float, whole: WholeCodes | None = None) -> TileRow:
    """Return `vectors` with the codes that find their pairs within `eps` in the least time."""
    n = len(vectors)
    rule = NeighborRule.for_distance(eps, vectors.shape[1])
    if n < _MIN_ENCODED:
        return TileRow(vectors, rule)
    picked = np.linspace(0, n - 1, min(n, SAMPLE)).astype(np.int64)
    projection = Projection.fit(vectors[picked], 1 - eps, PRODUCT_RECHECK)
    encoded = projection.encode(vectors)
    least = projection.least_dot(float(rule.possible), encoded.error, encoded.error)
    return TileRow(vectors, rule, whole or WholeCodes.from_vectors(vectors), TileProduct(encoded.codes), least)


class GraphBuilder:
    """Builds the graph from its edges; several threads may merge edges into it."""

    def __init__(self, n: int, min_samples: int) -> None:
        self._min_samples = min_samples
        self._counts = np.ones(n, np.int64)
        self._sets = DisjointSets(n)
        self._waiting: list[tuple[Indices, Indices]] = []
        self._waiting_edges = 0
        self._max_waiting = 2 * n * min_samples + _MIN_WAITING
        self._lock = threading.Lock()

    def merge(self, left: Indices, right: Indices) -> None:
        """Add edges."""
        with self._lock:
            np.add.at(self._counts, left, 1)
            np.add.at(self._counts, right, 1)
            self._waiting.append(self._join_cores(left, right))
            self._waiting_edges += len(self._waiting[-1][0])
            # Ends become known as cores while edges wait; sift them out now and then, to bound memory.
            if self._waiting_edges > self._max_waiting:
                self._waiting = [self._join_cores(*_concatenate(self._waiting))]
                self._waiting_edges = len(self._waiting[0][0])

    def graph(self) -> DensityGraph:
        """Return the graph, once all edges are merged."""
        core = self._counts >= self._min_samples
        left, right = self._join_cores(*_concatenate(self._waiting))
        from_, to = np.concatenate([left, right]), np.concatenate([right, left])
        noncore = ~core[from_]
        component = self._sets.find(np.arange(len(core)))
        return DensityGraph(self._counts, core, component, from_[noncore], to[noncore])

    def _join_cores(self, left: Indices, right: Indices) -> tuple[Indices, Indices]:
        """Join the ends that are both known to be cores; return the other edges."""
        both = (self._counts[left] >= self._min_samples) & (self._counts[right] >= self._min_samples)
        self._sets.union(left[both], right[both])
        return left[~both], right[~both]


def _concatenate(edges: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
    empty = np.empty(0, np.int64)
    left = np.concatenate([empty, *(left for left, _ in edges)])
    return left, np.concatenate([empty, *(right for _, right in edges)])
