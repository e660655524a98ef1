"""What follows for the clusters when faces are removed: cores that are none any more, and clusters that fall apart."""

import numpy as np

from services.catalog.clustering.cluster_table import ClusterTable
from services.catalog.clustering.connectivity import components
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Indices


class Removal:
    """Takes faces out of clusters.

    Args:
        table: of all faces.
        index: their vectors.
        eps: largest cosine distance of two neighbours.
        min_samples: neighbours that make a face a core, itself included.

    """

    def __init__(self, table: ClusterTable, index: NeighborIndex, eps: float, min_samples: int) -> None:
        self._table = table
        self._index = index
        self._eps = eps
        self._min_samples = min_samples

    def run(self, removed: Indices, neighbors: dict[int, Indices]) -> None:
        """Take faces out of the clusters, demoting and splitting where they were needed.

        Args:
            removed: slots, already taken out of the index and of the counts of all faces that stay.
            neighbors: those of each of `removed`, at least; those of demoted faces are added.

        """
        table = self._table
        removed_set = set(removed.tolist())
        beside = np.unique(np.concatenate([np.empty(0, np.int64), *neighbors.values()]))
        beside = beside[~np.isin(beside, removed)]
        table.drop_nearby(beside[~table.core[beside]], removed_set)
        demoted = beside[table.core[beside] & (table.count[beside] < self._min_samples)]
        found = self._index.neighbors(self._index.vectors(demoted))
        neighbors.update(zip(demoted.tolist(), found, strict=True))
        lost_cores = np.concatenate([demoted, removed[table.core[removed]]])
        clusters = table.cluster[lost_cores]
        table.demote(demoted, neighbors)
        table.free(removed)
        unassigned = [beside, *(neighbors[slot] for slot in demoted.tolist())]
        for cluster in np.unique(clusters).tolist():
            around = [neighbors[slot] for slot in lost_cores[clusters == cluster].tolist()]
            boundary = np.unique(np.concatenate(around))
            boundary = boundary[table.core[boundary] & (table.cluster[boundary] == cluster)]
            unassigned.append(self._resplit(cluster, boundary))
        slots = np.unique(np.concatenate(unassigned))
        table.assign_borders(slots[~table.core[slots] & (table.key[slots] >= 0)])

    def _resplit(self, cluster: int, boundary: Indices) -> Indices:
        """Split a cluster that has lost cores, if it is no longer connected.

        A path that led through the lost cores entered and left them through their neighbours. So the cluster is still
        connected if these are, which is quickly seen where they are connected among themselves; only otherwise all
        cores of the cluster are looked at.

        Args:
            cluster: handle.
            boundary: slots of the remaining cores that were neighbours of lost ones.

        Returns:
            Slots of borders whose clusters have to be assigned anew.

        """
        borders = np.empty(0, np.int64)
        if boundary.size > 1 and components(self._index.vectors(boundary), self._eps, np.arange(len(boundary))).any():
            cores = self._table.cores(cluster)
            component = components(self._index.vectors(cores), self._eps, np.searchsorted(cores, boundary))
            if component.any():
                borders = self._table.split(cluster, cores, component)
        self._table.update_lowest_core(cluster)
        return borders
