"""DBSCAN that follows a changing set of faces.

After Ester, Kriegel, Sander, Wimmer and Xu, Incremental clustering for mining in a data warehousing environment, 1998:
adding or removing a face changes the density around it only, so one range search tells which faces become cores or
stop being cores, and only clusters that touch those can merge or split. Beyond the paper, the result here equals that
of a full run, borders included, whatever the order of insertions and removals was.

Kept for each face: the exact number of its neighbours, whether it is a core, and its cluster; for non-core faces also
their neighbours, fewer than min_samples, so that one that becomes a core needs no search.
"""

from collections.abc import Sequence

import numpy as np

from services.catalog.clustering.cluster_table import NO_CLUSTER, ClusterTable
from services.catalog.clustering.coded_vectors import SAMPLE
from services.catalog.clustering.density import density_graph
from services.catalog.clustering.kept_vectors import KeptVectors
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.progress import Progress, ignore_progress
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.removal import Removal
from services.catalog.clustering.restoration import capture, check_few, locate, write
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.slot_map import SlotMap
from services.catalog.clustering.snapshot import Snapshot
from services.catalog.clustering.vector_store import Lost, none_elsewhere


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
        lost: is asked for the vectors of faces, by key, that a file has lost.

    """

    def __init__(
        self,
        eps: float,
        min_samples: int,
        dimensions: int = 512,
        *,
        threads: int = 1,
        sample: int = SAMPLE,
        lost: Lost = none_elsewhere,
    ) -> None:
        self._eps = eps
        self._min_samples = min_samples
        self._dimensions = dimensions
        self._threads = threads
        self._sample = sample
        self._lost = lost
        self._clear()

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self._slots)

    def __contains__(self, key: int) -> bool:
        """Return whether the face is there."""
        return key in self._slots

    @property
    def index(self) -> NeighborIndex:
        """The faces' vectors, for searching and for keeping them; not for changing."""
        return self._index

    def load(self, keys: Indices, vectors: Vectors, progress: Progress = ignore_progress) -> None:
        """Take over `keys` [n] and their `vectors`, unit float32 [n, d], at once; only while empty.

        If `progress` raises, nothing was loaded. The vectors become the clusters' own: the array itself is kept where
        it can be, and changed, so that a large library is never in memory twice.

        Raises:
            ValueError: there are faces already, or a key occurs twice.

        """
        if self._slots:
            raise ValueError("faces are there already")
        self._clear()
        slots = self._take_over(keys, vectors)
        try:
            graph = density_graph(
                self._index.all_vectors(), self._eps, self._min_samples,
                whole=self._index.whole(), threads=self._threads, progress=progress,
            )  # fmt: skip
        except BaseException:
            self._clear()
            raise
        table = self._table
        table.count[slots], table.core[slots] = graph.counts, graph.core
        # Edges sorted by face: the column of each is its place among the edges of its face.
        order = np.lexsort((graph.noncore_to, graph.noncore_from))
        from_, to = graph.noncore_from[order], graph.noncore_to[order]
        column = np.arange(len(from_)) - np.searchsorted(from_, from_)
        table.nearby[slots[from_], column] = slots[to]
        cores = slots[graph.core]
        table.cluster[cores] = np.unique(graph.component[graph.core], return_inverse=True)[1]
        table.adopt_clusters(slots)

    def snapshot(self, hubness: Vectors | None = None) -> Snapshot:
        """Return the state, from which `restore` and `resume` go on; `hubness`, float32 [n], goes with it."""
        return capture(self._table, self._index, self._eps, self._min_samples, hubness)

    def restore(self, snapshot: Snapshot, keys: Indices, vectors: Vectors) -> None:
        """Do the same as `load` with the help of a snapshot, since which faces may have come.

        Raises:
            ValueError: there are faces already, or a key occurs twice.
            SnapshotMismatchError: the snapshot is of other parameters or embeddings, a face is gone, or very many came
                since; nothing was loaded.

        """
        if self._slots:
            raise ValueError("faces are there already")
        snapshot.check(self._eps, self._min_samples, self._dimensions)
        known = locate(snapshot, keys, vectors)
        new = np.delete(np.arange(len(keys)), known)
        self._clear()
        try:
            if snapshot.basis.size:
                self._index.adopt(Projection(snapshot.basis, float(snapshot.scale)))
            slots = self._take_over(keys, vectors)
            write(snapshot, self._table, slots[known])
            self._connect(slots[new], self._index.vectors(slots[new]))
        except BaseException:
            self._clear()
            raise

    def resume(self, snapshot: Snapshot, kept: KeptVectors, keys: Indices, vectors: Vectors) -> None:
        """Do the same where the vectors of the snapshot's faces are in files, which are kept from then on.

        Args:
            snapshot: of the clusters.
            kept: the files, as they were when the snapshot was made.
            keys: int64 [m], those of faces that have come since.
            vectors: unit float32 [m, d], theirs.

        Raises:
            ValueError: there are faces already.
            SnapshotMismatchError: the snapshot is of other parameters, the files are damaged, or very many faces came
                since; nothing was loaded.

        """
        if self._slots:
            raise ValueError("faces are there already")
        snapshot.check(self._eps, self._min_samples, self._dimensions)
        check_few(snapshot, len(keys))
        end = int(snapshot.end)
        self._clear()
        try:
            self._index.resume(kept, snapshot)
            kept.begin(end)
            self._note(snapshot.keys, snapshot.slots)
            write(snapshot, self._table, snapshot.slots)
            if len(keys):
                self.insert(keys, vectors)
        except BaseException:
            self._clear()
            raise

    def close(self) -> None:
        """Let go of all faces, and of their files as they are."""
        if self._index.held.kept is not None:
            self._index.held.kept.close()
        self._clear()

    def insert(self, keys: Indices, vectors: Vectors, around: Sequence[Indices] | None = None) -> None:
        """Add faces.

        Args:
            keys: int64 [m], none of them there yet.
            vectors: unit float32 [m, d].
            around: for each of them the keys of all faces that may be within eps, the new ones among them, as `near`
                finds those that are there; None to search for them.

        Raises:
            ValueError: a key is there already or occurs twice.

        """
        self._slots.check_new(keys)
        slots = self._index.add(vectors)
        self._note(keys, slots)
        self._connect(slots, vectors, around)

    def remove(self, keys: Indices) -> None:
        """Remove the faces `keys`, int64 [m]; one that is named twice is removed once.

        Raises:
            KeyError: a key is not there; nothing was removed.

        """
        table = self._table
        removed = self._slots.slots(np.unique(keys))
        table.begin_change()
        # Only cores have to be searched for: the neighbours of the others are in the table.
        cores = removed[table.core[removed]]
        neighbors = {slot: table.nearby_of(slot) for slot in removed[~table.core[removed]].tolist()}
        neighbors.update(zip(cores.tolist(), self._index.neighbors(self._index.vectors(cores)), strict=True))
        self._index.remove(removed)
        for near in neighbors.values():
            table.count[near] -= 1
        self._slots.remove(table.key[removed])
        Removal(table, self._index, self._eps, self._min_samples).run(removed, neighbors)

    def labels(self) -> dict[int, int]:
        """Return key -> label of every face, numbered as `dbscan` numbers them."""
        return self._table.labels()

    def cluster(self, key: int) -> int:
        """Return the handle of the cluster of face `key`, -1 for noise; see `clusters_of`."""
        return int(self.clusters_of(np.array([key]))[0])

    def clusters_of(self, keys: Indices) -> Indices:
        """Return the handle of the cluster of each of the faces `keys`, int64 [m], -1 for noise.

        Handles say which faces are in one cluster, and nothing else; they hold until the next insertion or removal.
        """
        return self._table.cluster[self._slots.slots(keys)]

    def members(self, cluster: int) -> Indices:
        """Return the keys of the faces in a cluster, int64, ascending; -1 stands for noise."""
        if cluster == NO_CLUSTER:
            slots = np.flatnonzero((self._table.cluster == NO_CLUSTER) & (self._table.key >= 0))
        else:
            slots = self._table.members.slots_of(cluster)
        return np.sort(self._table.key[slots])

    def clusters(self) -> tuple[Indices, Indices]:
        """Return the keys of all faces, ascending, and the handle of the cluster of each, -1 for noise."""
        slots = self._table.slots_by_key()
        return self._table.key[slots], self._table.cluster[slots]

    def slots(self, keys: Indices) -> Indices:
        """Return the slots of faces in the `index`."""
        return self._slots.slots(keys)

    def near(self, queries: Vectors, distances: Sequence[float]) -> list[Indices]:
        """Return the keys of the faces at most its one of `distances` away from each of `queries`, and of others."""
        return [self._table.key[slots] for slots in self._index.near(queries, distances)]

    def keys(self, slots: Indices) -> Indices:
        """Return the faces in slots of the `index`."""
        return self._table.key[slots]

    def _clear(self) -> None:
        self._slots = SlotMap()
        self._table = table = ClusterTable(self._min_samples)
        self._index = NeighborIndex(
            self._dimensions, self._eps, threads=self._threads, sample=self._sample,
            lost=lambda slots: self._lost(table.key[slots]),
        )  # fmt: skip

    def _take_over(self, keys: Indices, vectors: Vectors) -> Indices:
        """Give all faces their slots and rows; the vectors are kept as they are if they can be."""
        self._slots.check_new(keys)
        owned = np.require(vectors, np.float32, ["C", "O", "W"])
        slots = self._index.take_over(owned)
        self._note(keys, slots)
        return slots

    def _note(self, keys: Indices, slots: Indices) -> None:
        """Give faces, which have their slots, a row outside every cluster."""
        self._table.reserve(self._index.capacity)
        self._table.key[slots] = keys
        self._slots.add(keys, slots)

    def _connect(self, slots: Indices, vectors: Vectors, around: Sequence[Indices] | None = None) -> None:
        """Count the neighbours of new faces, those among `around` if it is known, and let clusters follow."""
        table = self._table
        table.begin_change()
        if around is None:
            found = self._index.neighbors(vectors)
        else:
            near = [np.sort(self._slots.slots(keys)) for keys in around]
            found = [self._index.nearer(*one, self._eps) for one in zip(vectors, near, strict=True)]
        neighbors = dict(zip(slots.tolist(), found, strict=True))
        # The searches run after all faces were added, so that new faces find each other; a new face's own count is
        # therefore complete, while an old one gains one for each new face that found it.
        for near in neighbors.values():
            table.count[near] += 1
        table.count[slots] = [len(near) for near in neighbors.values()]
        touched = np.unique(np.concatenate([slots, *neighbors.values()]))
        promoted = touched[~table.core[touched] & (table.count[touched] >= self._min_samples)]
        table.note_arrivals(neighbors, promoted)
        table.promote(promoted, neighbors)
        # Borders can only have changed among the new faces and around new cores.
        beside = np.concatenate([slots, *(neighbors[slot] for slot in promoted.tolist())])
        table.assign_borders(np.unique(beside[~table.core[beside]]))
