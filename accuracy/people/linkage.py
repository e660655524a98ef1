"""DBSCAN and average linkage, as cuts of a tree over all pairs."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.cluster import hierarchy

from accuracy.people.distances import Distances
from accuracy.people.face_set import Labels
from accuracy.people.rival import Setting


def dbscan(distances: Distances, settings: Sequence[Setting]) -> Iterator[Labels]:
    """Cluster by DBSCAN with a min_samples of 2 (Ester et al., 1996), for each (eps,).

    With two samples every face that has a neighbour is a core, so that a cluster is a connected component of the
    neighbours' graph: a cut of the single-linkage tree, which is built once. Noise is a cluster of one here.
    """
    return _cuts(distances, "single", settings)


def average_linkage(distances: Distances, settings: Sequence[Setting]) -> Iterator[Labels]:
    """Cluster by average linkage (UPGMA: Sokal and Michener, 1958), for each (distance,)."""
    return _cuts(distances, "average", settings)


def _cuts(distances: Distances, method: str, settings: Sequence[Setting]) -> Iterator[Labels]:
    tree = hierarchy.linkage(distances.condensed, method)
    for (threshold,) in settings:
        yield np.asarray(hierarchy.fcluster(tree, threshold, "distance"), np.int64)
