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
from services.catalog.clustering.cluster_table import NO_CLUSTER, ClusterTable
from services.catalog.clustering.connectivity import components
from services.catalog.clustering.density import density_graph
from services.catalog.clustering.journal import Journal
from services.catalog.clustering.neighbor_index import SAMPLE, NeighborIndex
from services.catalog.clustering.progress import Progress, unheard
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.restoration import capture, match, put
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot


class IncrementalDbscan:
    """Clusters of faces that come and go; not thread-safe.

    A face goes by an int key >= 0. Clusters are numbered by the lowest key of their cores and a border belongs to the
    lowest cluster that it touches, so that the state equals `dbscan` of the same faces in the order of their keys.

    Args:
        eps: largest cosine distance of two neighbours.
        min_samples: neighbours that make a face a core, itself included, >= 2.
        dimensions: components of an embedding.
        threads: that search at once.
        sample: vectors from which the index learns its codes.

    """

    def __init__(
        self, eps: float, min_samples: int, dimensions: int = 512, *, threads: int = 1, sample: int = SAMPLE
    ) -> None:
        self._eps = eps
        self._min_samples = min_samples
        self._dimensions = dimensions
        self._threads = threads
        self._sample = sample
        self._clear()

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self._slots)

    def __contains__(self, key: int) -> bool:
        """Return whether the face is there."""
        return key in self._slots

    @property
    def index(self) -> NeighborIndex:
        """The faces' vectors, for searching; not for changing."""
        return self._index

    def load(self, keys: Indices, vectors: Vectors, progress: Progress = unheard) -> None:
        """Take over `keys` [n] and their `vectors`, unit float32 [n, d], at once; only while empty.

        If `progress` raises, nothing was loaded.

        Raises:
            ValueError: there are faces already, or a key occurs twice.

        """
        if self._slots:
            raise ValueError("faces are there already")
        self._clear()
        vectors = np.ascontiguousarray(vectors, np.float32)
        slots = self._take_in(keys, vectors)
        try:
            graph = density_graph(
                vectors, self._eps, self._min_samples,
                whole=self._index.whole(), threads=self._threads, progress=progress,
            )  # fmt: skip
        except BaseException:
            self._clear()
            raise
        table = self._table
        table.count[slots], table.core[slots] = graph.counts, graph.core
        order = np.lexsort((graph.sparse_to, graph.sparse_from))
        from_, to = graph.sparse_from[order], graph.sparse_to[order]
        column = np.arange(len(from_)) - np.searchsorted(from_, from_)
        table.nearby[slots[from_], column] = slots[to]
        cores = slots[graph.core]
        table.cluster[cores] = np.unique(graph.component[graph.core], return_inverse=True)[1]
        table.number(slots)

    def snapshot(self) -> Snapshot:
        """Return the state, from which `restore` goes on."""
        return capture(self._table, self._index, self._eps, self._min_samples)

    def restore(self, snapshot: Snapshot, keys: Indices, vectors: Vectors) -> None:
        """Take over `keys` [n] and their `vectors`, unit float32 [n, d], with the help of a snapshot; only while empty.

        Faces may have come since the snapshot; the state is that of `load` all the same.

        Raises:
            ValueError: there are faces already, or a key occurs twice.
            SnapshotMismatchError: the snapshot is of other parameters or embeddings, a face is gone, or very many came
                since; nothing was loaded.

        """
        if self._slots:
            raise ValueError("faces are there already")
        snapshot.check(self._eps, self._min_samples, self._dimensions)
        known = match(snapshot, keys, vectors)
        new = np.delete(np.arange(len(keys)), known)
        self._clear()
        try:
            if snapshot.basis.size:
                self._index.adopt(Projection(snapshot.basis, float(snapshot.scale)))
            ordered = np.array_equal(known, np.arange(len(known)))
            slots = self._take_in(snapshot.keys, vectors[: len(known)] if ordered else vectors[known])
            put(snapshot, self._table, slots)
            self.insert(keys[new], vectors[new])
        except BaseException:
            self._clear()
            raise

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
        return journal.changes(table.key, table.cluster, table.members)

    def remove(self, keys: Indices) -> ClusterChanges:
        """Remove the faces `keys`, int64 [m]; one that is named twice is removed once.

        Raises:
            KeyError: a key is not there; nothing was removed.

        """
        table = self._table
        gone = np.array(list(dict.fromkeys(self._slots[int(key)] for key in keys)), np.int64)
        journal = table.begin()
        cores = gone[table.core[gone]]
        hoods = {slot: table.near(slot) for slot in gone[~table.core[gone]].tolist()}
        hoods.update(zip(cores.tolist(), self._index.neighbors(self._index.vectors(cores)), strict=True))
        self._index.remove(gone)
        for near in hoods.values():
            table.count[near] -= 1
        self._forget(gone, hoods, journal)
        return journal.changes(table.key, table.cluster, table.members)

    def labels(self) -> dict[int, int]:
        """Return key -> label of every face, numbered as `dbscan` numbers them."""
        return self._table.labels()

    def cluster(self, key: int) -> int:
        """Return the handle of the cluster of face `key`, -1 for noise."""
        return int(self._table.cluster[self._slots[key]])

    def members(self, cluster: int) -> Indices:
        """Return the keys of the faces in a cluster, int64, ascending; -1 stands for noise."""
        if cluster == NO_CLUSTER:
            slots = np.flatnonzero((self._table.cluster == NO_CLUSTER) & (self._table.key >= 0))
        else:
            slots = self._table.members.of(cluster)
        return np.sort(self._table.key[slots])

    def clusters(self) -> tuple[Indices, Indices]:
        """Return the keys of all faces, ascending, and the handle of the cluster of each, -1 for noise."""
        slots = self._table.ordered()
        return self._table.key[slots], self._table.cluster[slots]

    def vectors(self, keys: Indices) -> Vectors:
        """Return a copy of the embeddings of faces, float32 [k, d]."""
        return self._index.vectors(np.array([self._slots[key] for key in keys.tolist()], np.int64))

    def keys(self, slots: Indices) -> Indices:
        """Return the faces in slots of the `index`."""
        return self._table.key[slots]

    def _clear(self) -> None:
        self._index = NeighborIndex(self._dimensions, self._eps, threads=self._threads, sample=self._sample)
        self._slots: dict[int, int] = {}
        self._table = ClusterTable(self._min_samples)

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
            known = np.concatenate([table.near(other), np.array(new, np.int64)])
            if other in risen:
                hoods[other] = known
            else:
                table.set_nearby(other, known)

    def _forget(self, gone: Indices, hoods: dict[int, Indices], journal: Journal) -> None:
        """Take `gone` out of the clusters.

        `hoods` has the neighbours of each, or more than these, and the counts of all that stay are right already.
        """
        table = self._table
        leaving = set(gone.tolist())
        beside = np.unique(np.concatenate([np.empty(0, np.int64), *hoods.values()]))
        beside = beside[~np.isin(beside, gone)]
        table.part(beside[~table.core[beside]], leaving)
        fallen = beside[table.core[beside] & (table.count[beside] < self._min_samples)]
        hoods.update(zip(fallen.tolist(), self._index.neighbors(self._index.vectors(fallen)), strict=True))
        lost = np.concatenate([fallen, gone[table.core[gone]]])
        homes = table.cluster[lost]
        for slot in leaving:
            del self._slots[int(table.key[slot])]
        table.fall(gone, fallen, hoods, journal)
        unsettled = [beside, *(hoods[slot] for slot in fallen.tolist())]
        for home in np.unique(homes).tolist():
            rim = np.unique(np.concatenate([hoods[slot] for slot in lost[homes == home].tolist()]))
            rim = rim[table.core[rim] & (table.cluster[rim] == home)]
            unsettled.append(self._mend(home, rim, journal))
        slots = np.unique(np.concatenate(unsettled))
        table.settle(slots[~table.core[slots] & (table.key[slots] >= 0)], journal)

    def _mend(self, cluster: int, rim: Indices, journal: Journal) -> Indices:
        """Split `cluster`, which has lost cores, if the cores that were their neighbours (`rim`) are not connected.

        Whatever path led through the lost cores entered and left them by the rim. Returns borders to be settled.
        """
        borders = np.empty(0, np.int64)
        if rim.size > 1 and self._component(rim, np.arange(len(rim))).any():
            cores = self._table.cores(cluster)
            component = self._component(cores, np.searchsorted(cores, rim))
            if component.any():
                borders = self._table.divide(cluster, cores, component, journal)
        self._table.renumber(cluster)
        return borders

    def _component(self, slots: Indices, wanted: Indices) -> Indices:
        return components(self._index.vectors(slots), self._eps, wanted)
