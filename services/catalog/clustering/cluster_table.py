"""Density and cluster of every face, by slot: the arrays behind incremental DBSCAN."""

from typing import Final

import numpy as np

from services.catalog.clustering.journal import Journal
from services.catalog.clustering.member_lists import MemberLists
from services.catalog.clustering.similarity import Indices, Mask
from services.catalog.clustering.vector_store import grow

NO_CLUSTER: Final = -1
NO_SLOT: Final = -1
_NO_KEY: Final = np.iinfo(np.int64).max


class ClusterTable:
    """One row a slot of the neighbour index.

    Attributes:
        key: int64, the face's key; -1 in a free slot.
        count: int64, neighbours of the face, itself included.
        core: bool, whether there are at least min_samples of them.
        cluster: int64, handle of the cluster, -1 for noise.
        nearby: int64 [capacity, min_samples - 2], slots of the neighbours of a face that is no core, -1 where none.
        members: the slots of each cluster.

    """

    def __init__(self, min_samples: int) -> None:
        self.key: Indices = np.empty(0, np.int64)
        self.count: Indices = np.empty(0, np.int64)
        self.core: Mask = np.empty(0, np.bool_)
        self.cluster: Indices = np.empty(0, np.int64)
        self.nearby: Indices = np.empty((0, min_samples - 2), np.int64)
        self.members = MemberLists()
        # Lowest key of the cores of a cluster, by handle.
        self._first: Indices = np.empty(0, np.int64)
        self._handles = 0
        # Borders that touch several clusters, and some that did: only these have a choice.
        self._contested: set[int] = set()
        self._renumbered = False

    def reserve(self, capacity: int) -> None:
        """Make room for slots below `capacity`."""
        end = len(self.key)
        if capacity <= end:
            return
        for array in (self.key, self.count, self.core, self.cluster, self.nearby):
            grow(array, capacity)
        self.members.reserve(capacity)
        self.key[end:], self.cluster[end:], self.nearby[end:] = NO_SLOT, NO_CLUSTER, NO_SLOT

    def begin(self) -> Journal:
        """Start a change."""
        self._renumbered = False
        return Journal(self._handles)

    def labels(self) -> dict[int, int]:
        """Return key -> label: clusters in the order of their lowest cores, -1 for noise."""
        slots = np.flatnonzero(self.key >= 0)
        clusters = self.cluster[slots]
        handles = np.unique(clusters[clusters >= 0])
        rank = np.empty(len(self._first), np.int64)
        rank[handles[np.argsort(self._first[handles])]] = np.arange(len(handles))
        labels = np.full(len(slots), NO_CLUSTER, np.int64)
        labels[clusters >= 0] = rank[clusters[clusters >= 0]]
        return dict(zip(self.key[slots].tolist(), labels.tolist(), strict=True))

    def ordered(self) -> Indices:
        """Return the slots of all faces in the order of their keys."""
        slots = np.flatnonzero(self.key >= 0)
        return slots[np.argsort(self.key[slots])]

    def cores(self, cluster: int) -> Indices:
        """Return the slots of the cores of a cluster, ascending."""
        slots = self.members.of(cluster)
        return np.sort(slots[self.core[slots]])

    def number(self, slots: Indices) -> None:
        """Take over the clusters of `slots`, handles 0 .. k - 1, after a bulk load."""
        clusters = self.cluster[slots]
        cores = slots[self.core[slots]]
        self._handles = int(clusters.max(initial=NO_CLUSTER)) + 1
        self._first = np.full(self._handles, _NO_KEY)
        np.minimum.at(self._first, self.cluster[cores], self.key[cores])
        self.members.fill(slots[clusters != NO_CLUSTER], clusters[clusters != NO_CLUSTER])
        sparse = slots[~self.core[slots] & (self.nearby[slots] != NO_SLOT).any(axis=1)]
        self.settle(sparse, Journal(0))

    def part(self, slots: Indices, others: set[int]) -> None:
        """Drop `others` from the neighbours of faces that are no cores."""
        for slot in slots.tolist():
            near = self.nearby[slot]
            near[[other in others for other in near.tolist()]] = NO_SLOT

    def set_nearby(self, slot: int, near: Indices) -> None:
        """Note all neighbours of a face that is no core."""
        self.nearby[slot] = NO_SLOT
        self.nearby[slot, : len(near)] = near

    def near(self, slot: int) -> Indices:
        """Return the neighbours of a face that is no core, without itself."""
        row: Indices = self.nearby[slot]
        near: Indices = row[row != NO_SLOT]
        return near

    def rise(self, rising: Indices, hoods: dict[int, Indices], journal: Journal) -> None:
        """Make `rising` cores; `hoods` has the neighbours of each."""
        journal.moving(rising, self.cluster[rising])
        self._move(rising, NO_CLUSTER)
        self.core[rising] = True
        self.nearby[rising] = NO_SLOT
        self._contested.difference_update(rising.tolist())
        for slot in rising.tolist():
            near = hoods[slot]
            clusters = np.unique(self.cluster[near[self.core[near]]])
            home = self._unite(clusters[clusters != NO_CLUSTER], journal)
            self._move(np.array([slot]), home)
            if self.key[slot] < self._first[home]:
                # The borders of a cluster that is new are beside its cores, and looked at anyway.
                self._renumbered |= bool(self._first[home] != _NO_KEY)
                self._first[home] = self.key[slot]

    def fall(self, gone: Indices, fallen: Indices, hoods: dict[int, Indices], journal: Journal) -> None:
        """Clear the slots `gone`, and make `fallen` cores no longer; `hoods` has the neighbours of each of these."""
        journal.moving(fallen, self.cluster[fallen])
        self._move(np.concatenate([fallen, gone]), NO_CLUSTER)
        self.core[fallen] = False
        for slot in fallen.tolist():
            near = hoods[slot]
            self.set_nearby(slot, near[near != slot])
        self.key[gone], self.count[gone], self.core[gone] = NO_SLOT, 0, False
        self.nearby[gone] = NO_SLOT
        self._contested.difference_update(gone.tolist())

    def divide(self, cluster: int, cores: Indices, component: Indices, journal: Journal) -> Indices:
        """Leave `cluster` its largest component of `cores`, and make a cluster of each other one.

        Returns the borders of the cluster, which have to be settled.
        """
        members = self.members.of(cluster)
        components, sizes = np.unique(component, return_counts=True)
        for other in np.delete(components, np.argmax(sizes)).tolist():
            slots = cores[component == other]
            journal.moving(slots, self.cluster[slots])
            part = self._new_cluster()
            self._move(slots, part)
            self._first[part] = self.key[slots].min()
            self._renumbered = True
            journal.splitting(cluster, part)
        return members[~self.core[members]]

    def renumber(self, cluster: int) -> None:
        """Find the lowest core of a cluster that has lost cores."""
        first = self.key[self.cores(cluster)].min(initial=_NO_KEY)
        if first != self._first[cluster]:
            self._first[cluster] = first
            self._renumbered = True

    def settle(self, slots: Indices, journal: Journal) -> None:
        """Put `slots`, faces that are no cores, where they belong; those with a choice if the order changed."""
        if self._renumbered and self._contested:
            slots = np.union1d(slots, np.fromiter(self._contested, np.int64, len(self._contested)))
        if slots.size == 0:
            return
        home = np.full(len(slots), NO_CLUSTER)
        if self.nearby.shape[1] and self._handles:
            near = self.nearby[slots]
            beside_core = (near != NO_SLOT) & self.core[near]
            order = np.where(beside_core, self._first[self.cluster[near]], _NO_KEY)
            lowest = order.min(axis=1)
            best = np.take_along_axis(near, order.argmin(axis=1)[:, np.newaxis], axis=1)[:, 0]
            home = np.where(lowest < _NO_KEY, self.cluster[best], NO_CLUSTER)
            choice = (beside_core & (order != lowest[:, np.newaxis])).any(axis=1)
            self._contested.difference_update(slots[~choice].tolist())
            self._contested.update(slots[choice].tolist())
        moved = home != self.cluster[slots]
        slots, home = slots[moved], home[moved]
        journal.moving(slots, self.cluster[slots])
        self._leave(slots)
        for cluster in np.unique(home[home != NO_CLUSTER]).tolist():
            self._enter(slots[home == cluster], cluster)

    def _unite(self, clusters: Indices, journal: Journal) -> int:
        """Return the one cluster that `clusters` become: the largest, or a new one if there is none."""
        if clusters.size == 0:
            return self._new_cluster()
        sizes = [self.members.size(cluster) for cluster in clusters.tolist()]
        kept = int(clusters[np.argmax(sizes)])
        for absorbed in clusters[clusters != kept].tolist():
            slots = self.members.pop(absorbed)
            journal.moving(slots, self.cluster[slots])
            self._enter(slots, kept)
            self._first[kept] = min(self._first[kept], self._first[absorbed])
            self._renumbered = True
            journal.merging(kept, absorbed)
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
        if self._handles == len(self._first):
            self._first = np.pad(self._first, (0, self._handles // 16 + 64), constant_values=_NO_KEY)
        self._handles += 1
        return self._handles - 1
