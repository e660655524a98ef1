"""DBSCAN in one go: labels as scikit-learn numbers them.

Ester, Kriegel, Sander and Xu, A density-based algorithm for discovering clusters in large spatial databases with noise,
1996. Clusters are numbered by their lowest core; a border, which may touch several, belongs to the lowest of them.
"""

import numpy as np

from services.catalog.clustering.density import density_graph
from services.catalog.clustering.progress import Progress, ignore_progress
from services.catalog.clustering.similarity import Indices, Vectors

NOISE = -1


def dbscan(
    embeddings: Vectors, eps: float, min_samples: int, *, threads: int = 1, progress: Progress = ignore_progress
) -> Indices:
    """Return int64 [n]: the cluster of each of `embeddings`, float32 [n, d] of unit length; -1 is noise.

    Equal element by element to the labels of ``sklearn.cluster.DBSCAN(eps, min_samples, metric="cosine")``; pairs
    whose distance is eps to within float32 rounding are decided as `similarity` says.
    `threads` run in parallel; `progress` counts pairs of embeddings and cancels the run by raising.

    Takes O(n**2 d) time and O(n (d + min_samples)) memory.
    """
    n = len(embeddings)
    labels = np.full(n, NOISE, np.int64)
    if n == 0:
        return labels
    embeddings = np.ascontiguousarray(embeddings, np.float32)
    graph = density_graph(embeddings, eps, min_samples, threads=threads, progress=progress)
    labels[graph.core] = np.unique(graph.component[graph.core], return_inverse=True)[1]
    # A border belongs to the lowest of the clusters of the cores beside it.
    beside_core = graph.core[graph.noncore_to]
    border = graph.noncore_from[beside_core]
    core = graph.noncore_to[beside_core]
    lowest = np.full(n, n, np.int64)
    np.minimum.at(lowest, border, labels[core])
    labels[border] = lowest[border]
    return labels
