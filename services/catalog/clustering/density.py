"""One pass over all pairs of a set of vectors: how dense each place is, and which dense places touch.

The pairs are visited in square tiles of the upper triangle. Two cores are joined as soon as both are known to be
cores; an edge with an end that is not known to be one waits, and there are fewer than n * min_samples of those, since
an end that is no core has fewer than min_samples neighbours. Other edges are never kept: memory is O(n * min_samples).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.disjoint_sets import DisjointSets
from services.catalog.clustering.similarity import Indices, Mask, NeighborRule, Vectors

# Fits the second-level cache, and keeps what a dense tile yields small.
_TILE: Final = 512


@dataclass(frozen=True, slots=True)
class DensityGraph:
    """What DBSCAN needs of the neighbourhood graph of n vectors.

    Attributes:
        counts: int64 [n], neighbours of each vector, itself included.
        core: bool [n], whether there are at least min_samples of them.
        component: int64 [n], of a core the lowest index of the cores that it is connected with through cores; of
            other vectors their own index.
        sparse_from: int64 [k], vectors that are no cores, one entry for each neighbour.
        sparse_to: int64 [k], that neighbour.

    """

    counts: Indices
    core: Mask
    component: Indices
    sparse_from: Indices
    sparse_to: Indices


def density_graph(vectors: Vectors, eps: float, min_samples: int) -> DensityGraph:
    """Visit all pairs of `vectors`, unit float32 [n, d]; neighbours are those of `NeighborRule`."""
    n = len(vectors)
    counts = np.ones(n, np.int64)
    sets = DisjointSets(n)
    waiting: list[tuple[Indices, Indices]] = []
    waiting_edges, most_waiting = 0, 2 * n * min_samples + _TILE * _TILE
    for left, right in _edges(vectors, NeighborRule.of(eps, vectors.shape[1])):
        for ends in (left, right):
            start = int(ends.min())
            found = np.bincount(ends - start)
            counts[start : start + len(found)] += found
        waiting.append(_join_cores(sets, counts >= min_samples, left, right))
        waiting_edges += len(waiting[-1][0])
        if waiting_edges > most_waiting:
            waiting = [_join_cores(sets, counts >= min_samples, *_concatenate(waiting))]
            waiting_edges = len(waiting[0][0])
    core = counts >= min_samples
    left, right = _join_cores(sets, core, *_concatenate(waiting))
    from_, to = np.concatenate([left, right]), np.concatenate([right, left])
    sparse = ~core[from_]
    return DensityGraph(counts, core, sets.find(np.arange(n)), from_[sparse], to[sparse])


def _edges(vectors: Vectors, rule: NeighborRule) -> Iterator[tuple[Indices, Indices]]:
    """Yield pairs of neighbours i < j, tile by tile; no yield is empty."""
    buffer = np.empty(_TILE * _TILE, np.float32)
    for top in range(0, len(vectors), _TILE):
        rows = vectors[top : top + _TILE]
        for start in range(top, len(vectors), _TILE):
            columns = vectors[start : start + _TILE]
            flat = buffer[: len(rows) * len(columns)]
            np.matmul(rows, columns.T, out=flat.reshape(len(rows), len(columns)))
            hits = np.flatnonzero(flat >= rule.possible)
            left, right = np.divmod(hits, len(columns))
            if start == top:
                upper = left < right
                hits, left, right = hits[upper], left[upper], right[upper]
            if hits.size == 0:
                continue
            similar = flat[hits]
            accepted = similar >= rule.certain
            doubtful = np.flatnonzero(~accepted)
            accepted[doubtful] = rule.confirm(rows, left[doubtful], columns, right[doubtful])
            if accepted.any():
                yield left[accepted] + top, right[accepted] + start


def _join_cores(sets: DisjointSets, core: Mask, left: Indices, right: Indices) -> tuple[Indices, Indices]:
    """Join the ends that are both cores; return the other edges."""
    both = core[left] & core[right]
    sets.union(left[both], right[both])
    return left[~both], right[~both]


def _concatenate(edges: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
    empty = np.empty(0, np.int64)
    left = np.concatenate([empty, *(left for left, _ in edges)])
    return left, np.concatenate([empty, *(right for _, right in edges)])
