"""Density and cluster of every face, by slot: the arrays behind incremental DBSCAN."""

from typing import Final

import numpy as np

from services.catalog.clustering.journal import Journal
from services.catalog.clustering.similarity import Indices, Mask

NO_CLUSTER: Final = -1
_NONE: Final = -1
_NO_KEY: Final = np.iinfo(np.int64).max


class ClusterTable:
    """One row a slot of the neighbour index.

    Attributes:
        key: int64, the face's key; -1 in a free slot.
        count: int64, neighbours of the face, itself included.
        core: bool, whether there are at least min_samples of them.
        cluster: int64, handle of the cluster, -1 for noise.
        nearby: int64 [capacity, min_samples - 2], slots of the neighbours of a face that is no core, -1 where none.

    """

    def __init__(self, min_samples: int) -> None:
        self.key: Indices = np.empty(0, np.int64)
        self.count: Indices = np.empty(0, np.int64)
        self.core: Mask = np.empty(0, np.bool_)
        self.cluster: Indices = np.empty(0, np.int64)
        self.nearby = np.empty((0, min_samples - 2), np.int64)
        # Lowest key of the cores of a cluster, by handle.
        self._first = np.empty(0, np.int64)
        self._handles = 0
        self._renumbered = False

    def reserve(self, capacity: int) -> None:
        """Make room for slots below `capacity`."""
        grow = capacity - len(self.key)
        if grow <= 0:
            return
        self.key = np.pad(self.key, (0, grow), constant_values=_NONE)
        self.count = np.pad(self.count, (0, grow))
        self.core = np.pad(self.core, (0, grow))
        self.cluster = np.pad(self.cluster, (0, grow), constant_values=NO_CLUSTER)
        self.nearby = np.pad(self.nearby, ((0, grow), (0, 0)), constant_values=_NONE)

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

    def cores(self, cluster: int) -> Indices:
        """Return the slots of the cores of a cluster."""
        return np.flatnonzero((self.cluster == cluster) & self.core)

    def number(self, cores: Indices) -> None:
        """Take over the clusters of `cores`, handles 0 .. k - 1, after a bulk load."""
        self._handles = int(self.cluster[cores].max(initial=NO_CLUSTER)) + 1
        self._first = np.full(self._handles, _NO_KEY)
        np.minimum.at(self._first, self.cluster[cores], self.key[cores])

    def part(self, slot: int, other: int) -> None:
        """Drop a neighbour of a face that is no core."""
        row = self.nearby[slot]
        row[row == other] = _NONE

    def set_nearby(self, slot: int, near: Indices) -> None:
        """Note all neighbours of a face that is no core."""
        self.nearby[slot] = _NONE
        self.nearby[slot, : len(near)] = near

    def forget_nearby(self, slot: int) -> Indices:
        """Return the neighbours of a face that is no core, and keep them no longer."""
        row = self.nearby[slot]
        near: Indices = row[row != _NONE]
        row[:] = _NONE
        return near

    def rise(self, rising: Indices, hoods: dict[int, Indices], journal: Journal) -> None:
        """Make `rising` cores; `hoods` has the neighbours of each."""
        journal.moving(rising, self.cluster[rising])
        self.core[rising] = True
        self.cluster[rising] = NO_CLUSTER
        for slot in rising.tolist():
            near = hoods[slot]
            clusters = np.unique(self.cluster[near[self.core[near]]])
            home = self._unite(clusters[clusters != NO_CLUSTER], journal)
            self.cluster[slot] = home
            if self.key[slot] < self._first[home]:
                self._first[home] = self.key[slot]
                self._renumbered = True

    def fall(self, gone: int, fallen: Indices, hoods: dict[int, Indices], journal: Journal) -> None:
        """Clear the slot `gone`, and make `fallen` cores no longer; `hoods` has the neighbours of each."""
        journal.moving(fallen, self.cluster[fallen])
        self.core[fallen] = False
        self.cluster[fallen] = NO_CLUSTER
        for slot in fallen.tolist():
            near = hoods[slot]
            self.set_nearby(slot, near[near != slot])
        self.key[gone], self.count[gone], self.core[gone], self.cluster[gone] = _NONE, 0, False, NO_CLUSTER
        self.nearby[gone] = _NONE

    def divide(self, cluster: int, cores: Indices, component: Indices, journal: Journal) -> None:
        """Leave `cluster` its largest component of `cores`, and make a cluster of each other one."""
        components, sizes = np.unique(component, return_counts=True)
        for other in np.delete(components, np.argmax(sizes)).tolist():
            slots = cores[component == other]
            journal.moving(slots, self.cluster[slots])
            part = self._new_cluster()
            self.cluster[slots] = part
            self._first[part] = self.key[slots].min()
            self._renumbered = True
            journal.splitting(cluster, part)

    def renumber(self, cluster: int) -> None:
        """Find the lowest core of a cluster that has lost cores."""
        first = self.key[self.cores(cluster)].min(initial=_NO_KEY)
        if first != self._first[cluster]:
            self._first[cluster] = first
            self._renumbered = True

    def settle(self, slots: Indices, journal: Journal) -> None:
        """Put `slots`, faces that are no cores, where they belong; all borders if the order of clusters changed."""
        if self._renumbered:
            slots = np.union1d(slots, np.flatnonzero((self.cluster != NO_CLUSTER) & ~self.core))
        if slots.size == 0:
            return
        home = np.full(len(slots), NO_CLUSTER)
        if self.nearby.shape[1] and self._handles:
            near = self.nearby[slots]
            order = np.where((near != _NONE) & self.core[near], self._first[self.cluster[near]], _NO_KEY)
            best = np.take_along_axis(near, order.argmin(axis=1)[:, np.newaxis], axis=1)[:, 0]
            home = np.where(order.min(axis=1) < _NO_KEY, self.cluster[best], NO_CLUSTER)
        moved = home != self.cluster[slots]
        journal.moving(slots[moved], self.cluster[slots[moved]])
        self.cluster[slots[moved]] = home[moved]

    def _unite(self, clusters: Indices, journal: Journal) -> int:
        """Return the one cluster that `clusters` become: the largest, or a new one if there is none."""
        if clusters.size == 0:
            return self._new_cluster()
        sizes = [np.count_nonzero(self.cluster == cluster) for cluster in clusters] if clusters.size > 1 else [1]
        kept = int(clusters[np.argmax(sizes)])
        for absorbed in clusters[clusters != kept].tolist():
            slots = np.flatnonzero(self.cluster == absorbed)
            journal.moving(slots, self.cluster[slots])
            self.cluster[slots] = kept
            self._first[kept] = min(self._first[kept], self._first[absorbed])
            self._renumbered = True
            journal.merging(kept, absorbed)
        return kept

    def _new_cluster(self) -> int:
        if self._handles == len(self._first):
            self._first = np.pad(self._first, (0, self._handles + 64), constant_values=_NO_KEY)
        self._handles += 1
        return self._handles - 1
