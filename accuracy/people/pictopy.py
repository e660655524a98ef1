"""The clustering of PictoPy, understood from its source and written anew.

See https://github.com/AOSSIE-Org/PictoPy, backend/app/utils/face_clusters.py, and its pull requests 771 (merging),
1290 (eps from the data) and 1330 (the cap). It marks all cosine distances over a cap as far, runs DBSCAN with a
min_samples of 2 and an eps that it estimates from the distances to the nearest neighbours, at most the cap of 0.35,
and then merges clusters whose mean embeddings have a cosine similarity of 0.70 or more. Faces in no cluster stay so.

The estimate comes to one eps a gallery, and the best one is given to it here. Its rule that a person has one face a
photo has no effect on galleries with one face a photo.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from accuracy.people.distances import Distances
from accuracy.people.face_set import Embeddings, Labels
from accuracy.people.linkage import dbscan
from accuracy.people.rival import Setting


def pictopy(distances: Distances, settings: Sequence[Setting]) -> Iterator[Labels]:
    """Cluster for each (merge similarity, eps); sort them by eps, for speed."""
    groups = [(eps, [merge for merge, _ in group]) for eps, group in groupby(settings, itemgetter(1))]
    for (_, merges), labels in zip(groups, dbscan(distances, [(eps,) for eps, _ in groups]), strict=True):
        yield from merged(labels, distances.embeddings, merges)


def merged(labels: Labels, embeddings: Embeddings, similarities: Sequence[float]) -> Iterator[Labels]:
    """Let each cluster in turn take in the later ones whose means are as similar; clusters of one are noise.

    Means are those before any merge. A cluster that was taken in takes in nobody itself.

    Args:
        labels: int64 [n], the cluster of each face.
        embeddings: float64 [n, dimension].
        similarities: each asks for clusters of its own.

    """
    _, first, own, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    sums = np.add.reduceat(embeddings[np.argsort(own)], np.cumsum(sizes) - sizes)
    clusters = np.flatnonzero(sizes > 1)
    # DBSCAN numbers clusters by their first face.
    clusters = clusters[np.argsort(first[clusters])]
    means = sums[clusters] / np.linalg.norm(sums[clusters], axis=1, keepdims=True)
    cosines = means @ means.T
    for similarity in similarities:
        target = np.full(len(sizes), -1)
        target[clusters] = _owners(cosines >= similarity)
        yield np.asarray(target[own], np.int64)


def _owners(alike: NDArray[np.bool_]) -> Labels:
    """Return for each cluster the one that it becomes part of, given which are alike, bool [clusters, clusters]."""
    owners = np.arange(len(alike))
    free = np.ones(len(alike), np.bool_)
    for cluster in np.flatnonzero(np.triu(alike, 1).any(axis=1)):
        if free[cluster]:
            taken = np.flatnonzero(alike[cluster, cluster + 1 :] & free[cluster + 1 :]) + cluster + 1
            owners[taken], free[taken] = cluster, False
    return owners
