"""Notes taken while clusters change, from which the changes are told afterwards."""

from collections.abc import Container

import numpy as np

from services.catalog.clustering.changes import ClusterChanges
from services.catalog.clustering.similarity import Indices


class Journal:
    """What one insertion or removal does; `first_new` is the lowest handle that did not exist before it."""

    def __init__(self, first_new: int) -> None:
        self._first_new = first_new
        self._moves: list[tuple[Indices, Indices]] = []
        self._merged: dict[int, set[int]] = {}
        self._origin: dict[int, int] = {}

    def moving(self, slots: Indices, clusters: Indices) -> None:
        """Note that `slots`, so far in `clusters`, are about to move."""
        self._moves.append((slots, clusters))

    def merging(self, kept: int, absorbed: int) -> None:
        """Note that the cluster `absorbed` becomes part of `kept`."""
        self._merged.setdefault(kept, {kept}).update(self._merged.pop(absorbed, {absorbed}))

    def splitting(self, cluster: int, part: int) -> None:
        """Note that the cluster `part` was a part of `cluster`."""
        self._origin[part] = self._origin.get(cluster, cluster)

    def changes(self, keys: Indices, clusters: Indices, alive: Container[int]) -> ClusterChanges:
        """Tell the changes.

        Args:
            keys: of all slots now, -1 in a slot that is free.
            clusters: of all slots now.
            alive: clusters that there are now.

        """
        empty = np.empty(0, np.int64)
        # np.unique returns first occurrences: what the first note of a slot says is how it was before.
        slots, first = np.unique(np.concatenate([empty, *(slots for slots, _ in self._moves)]), return_index=True)
        before = np.concatenate([empty, *(old for _, old in self._moves)])[first]
        changed = (keys[slots] >= 0) & (before != clusters[slots])
        slots, before = slots[changed], before[changed]
        order = np.argsort(keys[slots])
        merged = {
            kept: old
            for kept, all_ in self._merged.items()
            if len(old := frozenset(cluster for cluster in all_ if cluster < self._first_new)) > 1
        }
        parts: dict[int, set[int]] = {}
        for part, origin in self._origin.items():
            parts.setdefault(origin, {origin}).add(part)
        split = {
            origin: living
            for origin, all_ in parts.items()
            if len(living := frozenset(part for part in all_ if part in alive)) > 1
        }
        return ClusterChanges(keys[slots][order], before[order], clusters[slots][order], merged, split)
