"""HDBSCAN: Campello et al., "Hierarchical Density Estimates for Data Clustering" (2015)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import HDBSCAN

from accuracy.people.distances import Distances
from accuracy.people.face_set import Labels
from accuracy.people.rival import Setting

_METHODS: Final = ("eom", "leaf")


def hdbscan(distances: Distances, settings: Sequence[Setting]) -> Iterator[Labels]:
    """Cluster for each (leaf, min_cluster_size, min_samples, epsilon); sort them, for speed.

    Clusters are those of most excess of mass, or the leaves of the tree where the first number is 1. The tree is
    scikit-learn's, of the exact cosine distances. An epsilon keeps apart nothing that is nearer (Malzer and Baum, "A
    Hybrid Approach To Hierarchical Density-based Cluster Selection", 2020): of the chosen clusters and those of the cut
    at epsilon, nested as they are, it takes the larger ones. scikit-learn 1.9 has that choice too, but its code for it
    fails with NumPy 2.4.
    """
    for (leaf, size, samples), group in groupby(settings, lambda setting: setting[:3]):
        model = HDBSCAN(
            min_cluster_size=int(size),
            min_samples=int(samples),
            metric="precomputed",
            cluster_selection_method=_METHODS[int(leaf)],
            copy=True,
        )
        model.fit(distances.square)
        chosen = np.asarray(model.labels_, np.int64)
        for *_, epsilon in group:
            cut = model.dbscan_clustering(epsilon, min_cluster_size=int(size))
            yield joined(chosen, np.asarray(cut, np.int64))


def joined(first: Labels, second: Labels) -> Labels:
    """Return the finest clusters that keep together what either clustering does; -1 for noise in both."""
    faces = np.arange(len(first))
    tops = first.max(initial=-1) + 1, second.max(initial=-1) + 1
    rows = np.concatenate([faces[first >= 0], faces[second >= 0]])
    columns = np.concatenate([first[first >= 0], second[second >= 0] + tops[0]]) + len(first)
    nodes = len(first) + sum(tops)
    _, labels = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), (nodes, nodes)), directed=False)
    return np.where((first < 0) & (second < 0), -1, labels[: len(first)]).astype(np.int64)
