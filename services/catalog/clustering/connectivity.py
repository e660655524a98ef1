"""Which of a few vectors are connected through neighbours among them."""

from typing import Final

import numpy as np

from services.catalog.clustering.density import density_graph
from services.catalog.clustering.similarity import Indices, Mask, NeighborRule, Vectors

_FRONT: Final = 64
# Steps in which nearly nothing is reached, after which looking at every pair is quicker: there are few edges.
_MOST_STEPS: Final = 256


def components(vectors: Vectors, eps: float, wanted: Indices) -> Indices:
    """Return int64 [n]: for each of `vectors`, unit float32 [n, d], the first one that it is connected with.

    Where all of `wanted`, positions in ascending order, turn out to be connected, 0 is returned for every vector.

    The faces of a cluster are mostly dense, and a search that goes on from what it has reached soon has them all,
    without looking at every pair.
    """
    rule = NeighborRule.of(eps, vectors.shape[1])
    component = np.arange(len(vectors))
    missing, rows = component.copy(), vectors
    is_wanted = np.isin(component, wanted)
    unreached = len(wanted)
    front, start = np.empty(0, np.int64), -1
    seeds = steps = 0
    while missing.size and steps < _MOST_STEPS:
        if front.size == 0:
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
        if reached.any():
            missing, rows = missing[~reached], rows[~reached]
    if missing.size:
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
