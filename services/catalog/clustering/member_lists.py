"""The slots of each cluster, so that work on one cluster takes time proportional to its size."""

from typing import Final

import numpy as np

from services.catalog.clustering.growing import grow
from services.catalog.clustering.similarity import Indices

_MIN_ROOM: Final = 4


class MemberLists:
    """The slots of each cluster, in no particular order; a slot is in at most one list."""

    def __init__(self) -> None:
        self._lists: dict[int, Indices] = {}
        self._sizes: dict[int, int] = {}
        self._position: Indices = np.empty(0, np.int64)

    def reserve(self, capacity: int) -> None:
        """Make room for slots below `capacity`."""
        grow(self._position, capacity)

    def size(self, cluster: int) -> int:
        """Return the number of members."""
        return self._sizes.get(cluster, 0)

    def slots_of(self, cluster: int) -> Indices:
        """Return a copy of the members' slots, int64."""
        size = self.size(cluster)
        return self._lists[cluster][:size].copy() if size else np.empty(0, np.int64)

    def fill(self, slots: Indices, clusters: Indices) -> None:
        """Put each of `slots` into its cluster; only while there are no lists."""
        slots = slots[np.argsort(clusters, kind="stable")]
        handles, sizes = np.unique(clusters, return_counts=True)
        end = 0
        for handle, size in zip(handles.tolist(), sizes.tolist(), strict=True):
            self.add(handle, slots[end : end + size])
            end += size

    def add(self, cluster: int, slots: Indices) -> None:
        """Add `slots`, which are in no list, to a cluster."""
        if len(slots) == 0:
            return
        size = self.size(cluster)
        members = self._lists.get(cluster)
        if members is None or size + len(slots) > len(members):
            room = np.empty(max(_MIN_ROOM, len(slots), (size + len(slots)) * 5 // 4), np.int64)
            if members is not None:
                room[:size] = members[:size]
            self._lists[cluster] = members = room
        members[size : size + len(slots)] = slots
        self._position[slots] = np.arange(size, size + len(slots))
        self._sizes[cluster] = size + len(slots)

    def discard(self, cluster: int, slots: Indices) -> None:
        """Remove `slots`, all of which are in the cluster's list."""
        size = self.size(cluster) - len(slots)
        if size == 0:
            del self._lists[cluster], self._sizes[cluster]
            return
        members = self._lists[cluster]
        tail = members[size : size + len(slots)]
        # Of the last entries, those that stay move into the gaps further up, so that no list is copied.
        leaving = self._position[slots]
        stay = np.ones(len(slots), np.bool_)
        stay[leaving[leaving >= size] - size] = False
        moving, gaps = tail[stay], leaving[leaving < size]
        members[gaps] = moving
        self._position[moving] = gaps
        self._sizes[cluster] = size
        # Give memory back once most of it is unused.
        if len(members) > 4 * max(size, _MIN_ROOM):
            self._lists[cluster] = members[:size].copy()

    def pop(self, cluster: int) -> Indices:
        """Return the members' slots and forget the cluster."""
        size = self._sizes.pop(cluster, 0)
        return self._lists.pop(cluster)[:size] if size else np.empty(0, np.int64)
