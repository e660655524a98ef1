"""How near a face lies to everybody.

In spaces of many dimensions some points are among the nearest of very many others (Radovanovic, Nanopoulos and
Ivanovic, Hubs in space, 2010), and a model of faces has regions in which it tells people apart less well. What two such
faces have in common says less of them. How crowded the place of a face is, is read off a fixed cohort, as in speaker
recognition (Matejka et al., Analysis of score normalization in multilingual speaker recognition, 2017): never off the
library at hand, so that what else it holds changes nobody.

The cohort is 64 directions, each the mean of many people; `python -m accuracy.people.cohort` makes it. It belongs to
the default embedding space.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Vectors
from services.catalog.people.evidence import LEAST_HUBNESS

COHORT_FILE: Final = Path(__file__).with_name("cohort.npy")
_COHORT: Final = np.load(COHORT_FILE, allow_pickle=False).astype(np.float32)
# The crowd around a face is what lies nearest to it.
NEAREST: Final = 3
# The median over the people that the cohort was made of.
_USUAL: Final = 0.383
_ROWS_AT_ONCE: Final = 8192


def hubness(vectors: Vectors) -> npt.NDArray[np.float32]:
    """Return float32 [n], >= -0.05: how much more crowded than usual the places of `vectors`, unit float32 [n, d], are.

    It is the mean cosine similarity to the nearest three directions of the cohort, less the usual. Vectors of other
    dimensions have none.
    """
    found = np.zeros(len(vectors), np.float32)
    if vectors.shape[1] != _COHORT.shape[1]:
        return found
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        similar = vectors[rows] @ _COHORT.T
        nearest = np.partition(similar, len(_COHORT) - NEAREST, axis=1)[:, -NEAREST:]
        found[rows] = np.maximum(nearest.mean(axis=1) - _USUAL, LEAST_HUBNESS)
    return found
