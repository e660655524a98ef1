"""DBSCAN that follows a changing set of faces.

After Ester, Kriegel, Sander, Wimmer and Xu, Incremental clustering for mining in a data warehousing environment, 1998:
a face that comes or goes changes the density around itself only, so one range search tells which faces become cores or
stop being cores, and only clusters that touch those can merge or split. What is added here is that the outcome is
the same as that of a full run, borders included, whatever the order of insertions and removals was.

Kept for each face: the exact number of its neighbours, whether it is a core, and its cluster; for faces that are no
cores also their neighbours, fewer than min_samples, so that one which becomes a core needs no search.
"""

import numpy as np

from services.catalog.clustering.changes import ClusterChanges
from services.catalog.clustering.cluster_table import ClusterTable
from services.catalog.clustering.density import density_graph
from services.catalog.clustering.journal import Journal
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Indices, Vectors, cosine_distance


class IncrementalDbscan:
    """Clusters of faces that come and go; not thread-safe.

    A face goes by an int key >= 0. Clusters are numbered by the lowest key of their cores and a border belongs to the
    lowest cluster that it touches, so that the state equals `dbscan` of the same faces in the order of their keys.

    Args:
        eps: largest cosine distance of two neighbours.
        min_samples: neighbours that make a face a core, itself included, >= 2.
        dimensions: components of an embedding.

    """

    def __init__(self, eps: float, min_samples: int, dimensions: int = 512) -> None:
        self._eps = eps
        self._min_samples = min_samples
        self._index = NeighborIndex(dimensions, eps)
        self._slots: dict[int, int] = {}
        self._table = ClusterTable(min_samples)

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self._slots)

    def load(self, keys: Indices, vectors: Vectors) -> None:
        """Take over `keys` [n] and their `vectors`, unit float32 [n, d], at once; only while empty.

        Raises:
            ValueError: there are faces already, or a key occurs twice.

        """
        if self._slots:
            raise ValueError("faces are there already")
        slots = self._take_in(keys, vectors)
        graph = density_graph(self._index.vectors(slots), self._eps, self._min_samples)
        table = self._table
        table.count[slots], table.core[slots] = graph.counts, graph.core
        order = np.argsort(graph.sparse_from, kind="stable")
        from_, to = graph.sparse_from[order], graph.sparse_to[order]
        column = np.arange(len(from_)) - np.searchsorted(from_, from_)
        table.nearby[slots[from_], column] = slots[to]
        cores = slots[graph.core]
        table.cluster[cores] = np.unique(graph.component[graph.core], return_inverse=True)[1]
        table.number(cores)
        table.settle(slots[~graph.core], Journal(0))

    def insert(self, keys: Indices, vectors: Vectors) -> ClusterChanges:
        """Add faces: `keys` int64 [m], none of them there yet, and `vectors`, unit float32 [m, d].

        Raises:
            ValueError: a key is there already or occurs twice.

        """
        slots = self._take_in(keys, vectors)
        table = self._table
        journal = table.begin()
        hoods = dict(zip(slots.tolist(), self._index.neighbors(vectors), strict=True))
        for near in hoods.values():
            table.count[near] += 1
        table.count[slots] = [len(near) for near in hoods.values()]
        touched = np.unique(np.concatenate([slots, *hoods.values()]))
        rising = touched[~table.core[touched] & (table.count[touched] >= self._min_samples)]
        self._extend_hoods(hoods, rising)
        table.rise(rising, hoods, journal)
        beside = np.concatenate([slots, *(hoods[slot] for slot in rising.tolist())])
        table.settle(np.unique(beside[~table.core[beside]]), journal)
        return journal.changes(table.key, table.cluster)

    def remove(self, keys: Indices) -> ClusterChanges:
        """Remove the faces `keys`, int64 [m].

        Raises:
            KeyError: a key is not there.

        """
        slots = [self._slots[int(key)] for key in keys]
        journal = self._table.begin()
        for slot in slots:
            self._remove(slot, journal)
        return journal.changes(self._table.key, self._table.cluster)

    def labels(self) -> dict[int, int]:
        """Return key -> label of every face, numbered as `dbscan` numbers them."""
        return self._table.labels()

    def cluster(self, key: int) -> int:
        """Return the handle of the cluster of face `key`, -1 for noise."""
        return int(self._table.cluster[self._slots[key]])

    def members(self, cluster: int) -> Indices:
        """Return the keys of the faces in a cluster, int64, ascending."""
        return np.sort(self._table.key[np.flatnonzero(self._table.cluster == cluster)])

    def clusters(self) -> tuple[Indices, Indices]:
        """Return the keys of all faces, ascending, and the handle of the cluster of each, -1 for noise."""
        slots = np.flatnonzero(self._table.key >= 0)
        slots = slots[np.argsort(self._table.key[slots])]
        return self._table.key[slots], self._table.cluster[slots]

    def core_neighbors(self, key: int) -> tuple[Indices, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Return the cores within eps of face `key`, without itself: their keys and cosine distances, nearest first."""
        slot = self._slots[key]
        query = self._index.vectors(np.array([slot]))
        near = self._index.neighbors(query)[0]
        near = near[self._table.core[near] & (near != slot)]
        distance = cosine_distance(np.repeat(query, len(near), axis=0), self._index.vectors(near))
        order = np.lexsort((self._table.key[near], distance))
        return self._table.key[near][order], distance[order]

    def _take_in(self, keys: Indices, vectors: Vectors) -> Indices:
        if len(set(keys.tolist())) != len(keys) or not self._slots.keys().isdisjoint(keys.tolist()):
            raise ValueError("a key occurs twice")
        slots = self._index.add(vectors)
        self._table.reserve(self._index.capacity)
        self._table.key[slots] = keys
        self._slots.update(zip(keys.tolist(), slots.tolist(), strict=True))
        return slots

    def _extend_hoods(self, hoods: dict[int, Indices], rising: Indices) -> None:
        """Add the neighbours of risen old faces to `hoods`; tell faces that are still no cores of their new ones."""
        table = self._table
        visitors: dict[int, list[int]] = {}
        for slot, near in hoods.items():
            for other in near[~table.core[near]].tolist():
                if other not in hoods:
                    visitors.setdefault(other, []).append(slot)
        risen = set(rising.tolist())
        for slot, near in hoods.items():
            if slot not in risen:
                table.set_nearby(slot, near[near != slot])
        for other, new in visitors.items():
            known = np.concatenate([table.forget_nearby(other), np.array(new, np.int64)])
            if other in risen:
                hoods[other] = known
            else:
                table.set_nearby(other, known)

    def _remove(self, slot: int, journal: Journal) -> None:
        table = self._table
        if table.core[slot]:
            near = self._index.neighbors(self._index.vectors(np.array([slot])))[0]
            near = near[near != slot]
        else:
            near = table.forget_nearby(slot)
        del self._slots[int(table.key[slot])]
        self._index.remove(slot)
        table.count[near] -= 1
        for other in near[~table.core[near]].tolist():
            table.part(other, slot)
        fallen = near[table.core[near] & (table.count[near] < self._min_samples)]
        hoods = dict(zip(fallen.tolist(), self._index.neighbors(self._index.vectors(fallen)), strict=True))
        hoods[slot] = near
        lost = np.append(fallen, slot) if table.core[slot] else fallen
        homes = table.cluster[lost]
        table.fall(slot, fallen, hoods, journal)
        for home in np.unique(homes).tolist():
            rim = np.unique(np.concatenate([hoods[one] for one in lost[homes == home].tolist()]))
            self._mend(home, rim[table.core[rim] & (table.cluster[rim] == home)], journal)
        beside = np.unique(np.concatenate([near, *hoods.values()]))
        table.settle(beside[~table.core[beside] & (table.key[beside] >= 0)], journal)

    def _mend(self, cluster: int, rim: Indices, journal: Journal) -> None:
        """Split `cluster`, which has lost cores, if the cores that were their neighbours (`rim`) are not connected.

        Whatever path led through the lost cores entered and left them by the rim.
        """
        if rim.size > 1 and self._component(rim).any():
            cores = self._table.cores(cluster)
            self._table.divide(cluster, cores, self._component(cores), journal)
        self._table.renumber(cluster)

    def _component(self, slots: Indices) -> Indices:
        """Return, for each of `slots`, the position of the first one that it is connected with within them."""
        return density_graph(self._index.vectors(slots), self._eps, 1).component
