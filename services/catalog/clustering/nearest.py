"""The k nearest vectors: what is known of them while a search goes on."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import PackedCodes
from services.catalog.clustering.similarity import Indices, NeighborRule, cosine_distance
from services.catalog.clustering.whole_codes import WholeCodes

_BLOCK: Final = 64
# What is gathered for these stays in the second-level cache.
_PAIRS_AT_ONCE: Final = 1024


class NearestBounds:
    """Vectors that may be among the `k` nearest to a query, and what is known of their similarities."""

    def __init__(self, query: WholeCodes, vectors: WholeCodes, k: int) -> None:
        self._query = query
        self._codes = PackedCodes(query.codes)
        self._vectors = vectors
        self._band = NeighborRule.of(0, vectors.vectors.shape[1]).band
        self._k = k
        self.slots = np.empty(0, np.int64)
        self.least = self.most = np.empty(0, np.float32)
        # No less than this is the similarity of the k nearest.
        self.enough = -np.inf
        self.looked_at = 0

    def narrow(self, slots: Indices) -> None:
        """Look at `slots`, which were not looked at before."""
        self.looked_at += len(slots)
        for start in range(0, len(slots), _PAIRS_AT_ONCE):
            block = slots[start : start + _PAIRS_AT_ONCE]
            similar, doubt = self._query.similarities_to(self._codes, self._vectors, block)
            near = similar + doubt >= self.enough
            self.slots = np.concatenate([self.slots, block[near]])
            self.least = np.concatenate([self.least, (similar - doubt)[near]])
            self.most = np.concatenate([self.most, (similar + doubt)[near]])
        if len(self.slots) >= self._k:
            at = len(self.slots) - self._k
            # Codes leave a doubt, vectors none to speak of.
            likeliest = self.slots[np.argpartition(self.least, at)[at:]]
            farthest = cosine_distance(self._query.vectors, self._vectors.vectors[likeliest]).max()
            self.enough = max(self.enough, float(1 - farthest) - self._band)


def kth_of_blocks(dots: npt.NDArray[np.int32], k: int) -> int:
    """Return a value that at least `k` of `dots`, of which there are as many, reach, and few more than `k`."""
    blocks = len(dots) // _BLOCK
    if blocks > k:
        dots = dots[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    return int(np.partition(dots, len(dots) - k)[len(dots) - k])
