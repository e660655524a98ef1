"""Density and cluster of every face, by slot: the arrays behind incremental DBSCAN."""

from typing import Final

import numpy as np

from services.catalog.clustering.growing import grow
from services.catalog.clustering.member_lists import MemberLists
from services.catalog.clustering.similarity import Indices, Mask

NO_CLUSTER: Final = -1
NO_SLOT: Final = -1
_NO_KEY: Final = np.iinfo(np.int64).max


class ClusterTable:
    """One row per slot of the neighbour index.

    A cluster goes by a handle, an int that no later cluster of the same table reuses. Handles say nothing about order;
    `labels` does.

    Args:
        min_samples: neighbours that make a face a core, itself included, >= 2.

    Attributes:
        key: int64, the face's key; -1 in a free slot.
        count: int64, neighbours of the face, itself included.
        core: bool, whether there are at least min_samples of them.
        cluster: int64, handle of the cluster, -1 for noise.
        nearby: int64 [capacity, min_samples - 2], slots of the neighbours of a non-core face, -1 where none.
        members: the slots of each cluster.

    """

    def __init__(self, min_samples: int) -> None:
        self.key: Indices = np.empty(0, np.int64)
        self.count: Indices = np.empty(0, np.int64)
        self.core: Mask = np.empty(0, np.bool_)
        self.cluster: Indices = np.empty(0, np.int64)
        self.nearby: Indices = np.empty((0, min_samples - 2), np.int64)
        self.members = MemberLists()
        # Lowest key among the cores of a cluster, by handle; it decides the order of clusters.
        self._lowest_core: Indices = np.empty(0, np.int64)
        self._handles = 0
        # Border faces that touch several clusters, and some that used to: the order of clusters matters to no others.
        self._contested: set[int] = set()
        self._order_changed = False

    def reserve(self, capacity: int) -> None:
        """Make room for slots below `capacity`."""
        end = len(self.key)
        if capacity <= end:
            return
        for array in (self.key, self.count, self.core, self.cluster, self.nearby):
            grow(array, capacity)
        self.members.reserve(capacity)
        self.key[end:] = NO_SLOT
        self.cluster[end:] = NO_CLUSTER
        self.nearby[end:] = NO_SLOT

    def begin_change(self) -> None:
        """Start an insertion or a removal; `assign_borders` ends it."""
        self._order_changed = False

    def labels(self) -> dict[int, int]:
        """Return key -> label: clusters in the order of their lowest cores, -1 for noise."""
        slots = np.flatnonzero(self.key >= 0)
        clusters = self.cluster[slots]
        clustered = clusters != NO_CLUSTER
        handles = np.unique(clusters[clustered])
        rank = np.empty(len(self._lowest_core), np.int64)
        rank[handles[np.argsort(self._lowest_core[handles])]] = np.arange(len(handles))
        labels = np.full(len(slots), NO_CLUSTER, np.int64)
        labels[clustered] = rank[clusters[clustered]]
        return dict(zip(self.key[slots].tolist(), labels.tolist(), strict=True))

    def slots_by_key(self) -> Indices:
        """Return the slots of all faces in the order of their keys."""
        slots = np.flatnonzero(self.key >= 0)
        return slots[np.argsort(self.key[slots])]

    def cores(self, cluster: int) -> Indices:
        """Return the slots of the cores of a cluster, ascending."""
        slots = self.members.slots_of(cluster)
        return np.sort(slots[self.core[slots]])

    def adopt_clusters(self, slots: Indices) -> None:
        """Derive everything else from the clusters of `slots`, handles 0 .. k - 1, after a bulk load."""
        clusters = self.cluster[slots]
        clustered = clusters != NO_CLUSTER
        cores = slots[self.core[slots]]
        self._handles = int(clusters.max(initial=NO_CLUSTER)) + 1
        self._lowest_core = np.full(self._handles, _NO_KEY)
        np.minimum.at(self._lowest_core, self.cluster[cores], self.key[cores])
        self.members.fill(slots[clustered], clusters[clustered])
        has_nearby = (self.nearby[slots] != NO_SLOT).any(axis=1)
        self.assign_borders(slots[~self.core[slots] & has_nearby])

    def set_nearby(self, slot: int, neighbors: Indices) -> None:
        """Store all neighbours of a non-core face."""
        self.nearby[slot] = NO_SLOT
        self.nearby[slot, : len(neighbors)] = neighbors

    def nearby_of(self, slot: int) -> Indices:
        """Return the neighbours of a non-core face, without itself."""
        row: Indices = self.nearby[slot]
        neighbors: Indices = row[row != NO_SLOT]
        return neighbors

    def note_arrivals(self, neighbors: dict[int, Indices], promoted: Indices) -> None:
        """Update the stored neighbours of non-core faces after an insertion.

        Args:
            neighbors: of each new face; those of old faces among `promoted` are added.
            promoted: slots of the faces, new and old, that are about to become cores.

        """
        arrivals: dict[int, list[int]] = {}
        for slot, near in neighbors.items():
            for other in near[~self.core[near]].tolist():
                if other not in neighbors:
                    arrivals.setdefault(other, []).append(slot)
        becomes_core = set(promoted.tolist())
        for slot, near in neighbors.items():
            if slot not in becomes_core:
                self.set_nearby(slot, near[near != slot])
        for other, new in arrivals.items():
            near = np.concatenate([self.nearby_of(other), np.array(new, np.int64)])
            if other in becomes_core:
                neighbors[other] = near
            else:
                self.set_nearby(other, near)

    def drop_nearby(self, slots: Indices, removed: set[int]) -> None:
        """Take `removed` out of the neighbours of the non-core faces `slots`."""
        for slot in slots.tolist():
            neighbors = self.nearby[slot]
            neighbors[[other in removed for other in neighbors.tolist()]] = NO_SLOT

    def promote(self, slots: Indices, neighbors: dict[int, Indices]) -> None:
        """Make `slots` cores, joining the clusters that they connect; `neighbors` has those of each slot."""
        self._move(slots, NO_CLUSTER)
        self.core[slots] = True
        self.nearby[slots] = NO_SLOT
        self._contested.difference_update(slots.tolist())
        for slot in slots.tolist():
            near = neighbors[slot]
            clusters = np.unique(self.cluster[near[self.core[near]]])
            cluster = self._merge(clusters[clusters != NO_CLUSTER])
            self._move(np.array([slot]), cluster)
            lowest = self._lowest_core[cluster]
            if self.key[slot] < lowest:
                # A new cluster changes the order for nobody yet: its borders lie next to the promoted faces, and
                # whoever promotes faces reassigns those anyway.
                self._order_changed |= bool(lowest != _NO_KEY)
                self._lowest_core[cluster] = self.key[slot]

    def demote(self, slots: Indices, neighbors: dict[int, Indices]) -> None:
        """Make `slots` cores no longer, outside every cluster for now; `neighbors` has those of each slot."""
        self._move(slots, NO_CLUSTER)
        self.core[slots] = False
        for slot in slots.tolist():
            near = neighbors[slot]
            self.set_nearby(slot, near[near != slot])

    def free(self, slots: Indices) -> None:
        """Clear the rows of faces that are removed."""
        self._move(slots, NO_CLUSTER)
        self.key[slots] = NO_SLOT
        self.count[slots] = 0
        self.core[slots] = False
        self.nearby[slots] = NO_SLOT
        self._contested.difference_update(slots.tolist())

    def split(self, cluster: int, cores: Indices, component: Indices) -> Indices:
        """Leave `cluster` its largest component of `cores`, and make a cluster of each other one.

        Args:
            cluster: handle.
            cores: int64 [n], slots of all its cores.
            component: int64 [n], equal for cores that are connected.

        Returns:
            The borders of the cluster, whose clusters have to be assigned anew.

        """
        members = self.members.slots_of(cluster)
        components, sizes = np.unique(component, return_counts=True)
        for other in np.delete(components, np.argmax(sizes)).tolist():
            slots = cores[component == other]
            part = self._new_cluster()
            self._move(slots, part)
            self._lowest_core[part] = self.key[slots].min()
            self._order_changed = True
        return members[~self.core[members]]

    def update_lowest_core(self, cluster: int) -> None:
        """Find the lowest core of a cluster that has lost cores."""
        lowest = self.key[self.cores(cluster)].min(initial=_NO_KEY)
        if lowest != self._lowest_core[cluster]:
            self._lowest_core[cluster] = lowest
            self._order_changed = True

    def assign_borders(self, slots: Indices) -> None:
        """Put each of `slots`, non-core faces, into the lowest cluster that it touches, or none.

        If the order of clusters changed, faces elsewhere that touch several clusters are assigned anew too.
        """
        if self._order_changed and self._contested:
            slots = np.union1d(slots, np.fromiter(self._contested, np.int64, len(self._contested)))
        if slots.size == 0:
            return
        assigned = np.full(len(slots), NO_CLUSTER)
        if self.nearby.shape[1] and self._handles:
            near = self.nearby[slots]
            touches_core = (near != NO_SLOT) & self.core[near]
            order = np.where(touches_core, self._lowest_core[self.cluster[near]], _NO_KEY)
            lowest = order.min(axis=1)
            best = np.take_along_axis(near, order.argmin(axis=1)[:, np.newaxis], axis=1)[:, 0]
            assigned = np.where(lowest < _NO_KEY, self.cluster[best], NO_CLUSTER)
            contested = (touches_core & (order != lowest[:, np.newaxis])).any(axis=1)
            self._contested.difference_update(slots[~contested].tolist())
            self._contested.update(slots[contested].tolist())
        moved = assigned != self.cluster[slots]
        slots, assigned = slots[moved], assigned[moved]
        self._leave(slots)
        for cluster in np.unique(assigned[assigned != NO_CLUSTER]).tolist():
            self._enter(slots[assigned == cluster], cluster)

    def _merge(self, clusters: Indices) -> int:
        """Return the one cluster that `clusters` become: the largest, or a new one if there is none."""
        if clusters.size == 0:
            return self._new_cluster()
        sizes = [self.members.size(cluster) for cluster in clusters.tolist()]
        kept = int(clusters[np.argmax(sizes)])
        for absorbed in clusters[clusters != kept].tolist():
            self._enter(self.members.pop(absorbed), kept)
            self._lowest_core[kept] = min(self._lowest_core[kept], self._lowest_core[absorbed])
            self._order_changed = True
        return kept

    def _move(self, slots: Indices, cluster: int) -> None:
        self._leave(slots)
        if cluster != NO_CLUSTER:
            self._enter(slots, cluster)

    def _leave(self, slots: Indices) -> None:
        clusters = self.cluster[slots]
        for cluster in np.unique(clusters[clusters != NO_CLUSTER]).tolist():
            self.members.discard(cluster, slots[clusters == cluster])
        self.cluster[slots] = NO_CLUSTER

    def _enter(self, slots: Indices, cluster: int) -> None:
        self.members.add(cluster, slots)
        self.cluster[slots] = cluster

    def _new_cluster(self) -> int:
        if self._handles == len(self._lowest_core):
            self._lowest_core = np.pad(self._lowest_core, (0, self._handles // 16 + 64), constant_values=_NO_KEY)
        self._handles += 1
        return self._handles - 1
