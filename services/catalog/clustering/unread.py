"""Which vectors lie in a file and were not looked at yet: each is held against its digest when it is first read."""

import numpy as np

from services.catalog.clustering.digests import Digests, face_digests
from services.catalog.clustering.similarity import Indices, Mask, Vectors


class DamagedVectorsError(Exception):
    """Vectors in a file can't be read or written, or are not the ones that were kept; load the faces instead."""


class UnreadVectors:
    """The slots whose vectors nobody has looked at.

    Args:
        slots: int64 [n].
        digests: uint64 [n], of the vectors.

    """

    def __init__(self, slots: Indices, digests: Digests) -> None:
        end = int(slots.max(initial=-1)) + 1
        self._mask: Mask = np.zeros(end, np.bool_)
        self._mask[slots] = True
        self._digests = np.zeros(end, np.uint64)
        self._digests[slots] = digests

    def check(self, slots: Indices, vectors: Vectors) -> None:
        """Take note that `slots`, int64 [m], hold `vectors`, float32 [m, d].

        Raises:
            DamagedVectorsError: they are not what was kept.

        """
        unread = np.flatnonzero(slots < len(self._mask))
        unread = unread[self._mask[slots[unread]]]
        if unread.size == 0:
            return
        if not np.array_equal(face_digests(vectors[unread]), self._digests[slots[unread]]):
            raise DamagedVectorsError("a vector in a file differs from the one that was kept")
        self._mask[slots[unread]] = False

    def forget(self, slots: Indices) -> None:
        """Take `slots` for read: their vectors are removed."""
        self._mask[slots[slots < len(self._mask)]] = False
