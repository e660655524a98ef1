"""DBSCAN without any shortcut: every distance in float64. Slow, and what the labels of a large run are held against."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.disjoint_sets import DisjointSets
from services.catalog.clustering.similarity import Indices, Vectors

_ROWS_AT_ONCE: Final = 2048


def labels_of_pairs(faces: Vectors, eps: float) -> tuple[Indices, float]:
    """Return int64 [n], the labels of `faces`, unit float32 [n, d], for min_samples 2.

    And how near to eps the distance of a pair comes.
    """
    wide = faces.astype(np.float64)
    sets = DisjointSets(len(faces))
    margin = np.inf
    for top in range(0, len(faces), _ROWS_AT_ONCE):
        for start in range(top, len(faces), _ROWS_AT_ONCE):
            beyond = 1 - eps - wide[top : top + _ROWS_AT_ONCE] @ wide[start : start + _ROWS_AT_ONCE].T
            margin = min(margin, float(np.abs(beyond).min()))
            left, right = np.nonzero(beyond <= 0)
            sets.union(left + top, right + start)
    roots = sets.find(np.arange(len(faces)))
    return _numbered(roots), margin


def _numbered(roots: Indices) -> npt.NDArray[np.int64]:
    """Return the number of each one's set, in the order of their lowest members; -1 for those who are alone."""
    together = np.bincount(roots)[roots] > 1
    labels = np.full(len(roots), -1)
    labels[together] = np.unique(roots[together], return_inverse=True)[1]
    return labels
