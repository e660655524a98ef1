"""Union-find over integers, for edges that come in arrays."""

import numpy as np

from services.catalog.clustering.similarity import Indices


class DisjointSets:
    """Union-find over 0 .. size - 1 whose representative is the smallest member.

    Works on whole arrays of edges: each round hooks the larger root of every edge to the smaller one and halves paths
    (after Shiloach and Vishkin, An O(log n) parallel connectivity algorithm, 1982).
    """

    def __init__(self, size: int) -> None:
        self._parent = np.arange(size, dtype=np.int64)

    def find(self, members: Indices) -> Indices:
        """Return the representative of each of `members`, int64 of the same shape."""
        roots = self._parent[members]
        while True:
            above = self._parent[roots]
            if np.array_equal(above, roots):
                break
            roots = self._parent[above]
        self._parent[members] = roots
        return roots

    def union(self, left: Indices, right: Indices) -> None:
        """Join the sets of left[i] and right[i] for every i."""
        while left.size:
            a, b = self.find(left), self.find(right)
            apart = a != b
            left, right, a, b = left[apart], right[apart], a[apart], b[apart]
            self._parent[np.maximum(a, b)] = np.minimum(a, b)
