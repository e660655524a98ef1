"""Connected components of a subset of the faces: whether a cluster that lost cores falls apart."""

from typing import Final

import numpy as np

from services.catalog.clustering.density import density_graph
from services.catalog.clustering.similarity import Indices, Mask, NeighborRule, Vectors

_FRONT: Final = 64
# A search that takes longer reaches next to nothing at each step, and looking at every pair is quicker.
_MAX_STEPS: Final = 256


def components(vectors: Vectors, eps: float, wanted: Indices) -> Indices:
    """Find the connected components of the graph in which vectors within `eps` of each other are neighbours.

    A breadth-first search: clusters are mostly dense, so that it reaches all faces of one soon, without looking at
    every pair.

    Args:
        vectors: unit float32 [n, d].
        eps: largest cosine distance of two neighbours.
        wanted: int64 [m], ascending positions in `vectors`; the search ends early once these are connected.

    Returns:
        int64 [n], for each vector the position of the first one in its component; all zeros if it turned out that
        all of `wanted` are connected, whatever the others are.

    """
    rule = NeighborRule.for_distance(eps, vectors.shape[1])
    component = np.arange(len(vectors))
    missing, rows = component.copy(), vectors
    is_wanted = np.isin(component, wanted)
    unreached = len(wanted)
    front, start = np.empty(0, np.int64), -1
    seeds = steps = 0
    while missing.size and steps < _MAX_STEPS:
        if front.size == 0:
            # Everything connected to the last seed is reached: seed the next component.
            start = int(missing[0] if seeds else wanted[0])
            reached = missing == start
            seeds += 1
        else:
            reached = _reached(vectors[front[:_FRONT]], rows, rule)
            steps += 1
        front = np.concatenate([front[_FRONT:], missing[reached]])
        component[missing[reached]] = start
        unreached -= int(np.count_nonzero(is_wanted[missing[reached]]))
        if seeds == 1 and unreached == 0:
            return np.zeros_like(component)
        # Copying the rows that are left is worth it only if some were reached.
        if reached.any():
            missing, rows = missing[~reached], rows[~reached]
    if missing.size:
        # Out of steps. With min_samples 1 every vector is a core, and components are those of all vectors.
        return density_graph(vectors, eps, 1).component
    lowest = np.full(len(component), len(component))
    np.minimum.at(lowest, component, np.arange(len(component)))
    return np.asarray(lowest[component])


def _reached(start: Vectors, rows: Vectors, rule: NeighborRule) -> Mask:
    """Return bool [m], which of `rows` are neighbours of one of `start`."""
    similar = start @ rows.T
    reached = np.asarray((similar >= rule.certain).any(axis=0))
    one, other = np.nonzero((similar >= rule.possible) & ~reached)
    reached[other[rule.confirm(start, one, rows, other)]] = True
    return reached
