"""The slots of each cluster, so that what concerns one cluster takes time in proportion to it."""

from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Indices
from services.catalog.clustering.vector_store import grow

_FIRST_ROOM: Final = 4


class MemberLists:
    """For each cluster its slots, in no order; a slot is in one list at most."""

    def __init__(self) -> None:
        self._lists: dict[int, Indices] = {}
        self._sizes: dict[int, int] = {}
        self._position: Indices = np.empty(0, np.int64)

    def __contains__(self, cluster: object) -> bool:
        """Return whether the cluster has members."""
        return cluster in self._sizes

    def reserve(self, capacity: int) -> None:
        """Make room for slots below `capacity`."""
        grow(self._position, capacity)

    def size(self, cluster: int) -> int:
        """Return the number of members."""
        return self._sizes.get(cluster, 0)

    def of(self, cluster: int) -> Indices:
        """Return a copy of the members' slots, int64."""
        size = self.size(cluster)
        return self._lists[cluster][:size].copy() if size else np.empty(0, np.int64)

    def fill(self, slots: Indices, clusters: Indices) -> None:
        """Put each of `slots` into its cluster; there are no lists yet."""
        slots = slots[np.argsort(clusters, kind="stable")]
        handles, sizes = np.unique(clusters, return_counts=True)
        end = 0
        for handle, size in zip(handles.tolist(), sizes.tolist(), strict=True):
            self.add(handle, slots[end : end + size])
            end += size

    def add(self, cluster: int, slots: Indices) -> None:
        """Add `slots`, which are in no list."""
        if len(slots) == 0:
            return
        size = self.size(cluster)
        members = self._lists.get(cluster)
        if members is None or size + len(slots) > len(members):
            room = np.empty(max(_FIRST_ROOM, len(slots), (size + len(slots)) * 5 // 4), np.int64)
            if members is not None:
                room[:size] = members[:size]
            self._lists[cluster] = members = room
        members[size : size + len(slots)] = slots
        self._position[slots] = np.arange(size, size + len(slots))
        self._sizes[cluster] = size + len(slots)

    def discard(self, cluster: int, slots: Indices) -> None:
        """Take `slots`, which are all in the cluster's list, out of it."""
        size = self.size(cluster) - len(slots)
        if size == 0:
            del self._lists[cluster], self._sizes[cluster]
            return
        members = self._lists[cluster]
        tail = members[size : size + len(slots)]
        # The last ones that stay move into the gaps that are not at the end.
        leaving = self._position[slots]
        stay = np.ones(len(slots), np.bool_)
        stay[leaving[leaving >= size] - size] = False
        moving, gaps = tail[stay], leaving[leaving < size]
        members[gaps] = moving
        self._position[moving] = gaps
        self._sizes[cluster] = size
        if len(members) > 4 * max(size, _FIRST_ROOM):
            self._lists[cluster] = members[:size].copy()

    def pop(self, cluster: int) -> Indices:
        """Return the members' slots and forget the cluster."""
        size = self._sizes.pop(cluster, 0)
        return self._lists.pop(cluster)[:size] if size else np.empty(0, np.int64)
