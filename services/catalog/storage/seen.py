"""Which images and places a library has surely never had: asked before every photo, and answered without the file."""

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.storage.database import Cursor
from services.common.sha256 import is_sha256

# In a set an entry takes ten times as much as in the array; sorting these into a million others takes some ms.
_MOST_NEW: Final = 10_000
_SELECT: Final = (
    "SELECT ('0x' || left(sha256, 15))::UBIGINT AS digest FROM image UNION ALL SELECT md5_number_lower(uri) FROM source"
)


def image_digest(sha256: str) -> int:
    """Return what stands for an image: the first 15 digits of its hash."""
    return int(sha256[:15], 16)


def place_digest(uri: str) -> int:
    """Return what stands for a place: what DuckDB calls md5_number_lower."""
    return int.from_bytes(hashlib.md5(uri.encode(), usedforsecurity=False).digest()[8:], "little")


class Seen:
    """Digests of all images and places that there were since this was made, 8 bytes each; never too few.

    Used by one writer, who adds what it is about to write; `may_have` may be called from any thread.

    Args:
        cursor: sees all that is written so far.

    """

    def __init__(self, cursor: Cursor) -> None:
        found = cursor.execute(_SELECT).fetchnumpy()
        self._sorted: npt.NDArray[np.uint64] = np.sort(np.asarray(found["digest"], np.uint64))
        self._new: set[int] = set()

    def may_have(self, digest: int) -> bool:
        """Return whether an image or a place may be there; of 10 ** 12 others, one is taken for it."""
        if digest in self._new:
            return True
        known = self._sorted
        at = int(np.searchsorted(known, np.uint64(digest)))
        return at < len(known) and int(known[at]) == digest

    def lacks_image(self, sha256: str) -> bool:
        """Return whether an image is surely not there, such as one whose name is no hash."""
        return not is_sha256(sha256) or not self.may_have(image_digest(sha256))

    def add(self, digests: Iterable[int]) -> None:
        """Note what is about to be written."""
        self._new.update(digests)
        if len(self._new) > _MOST_NEW:
            # What leaves the set is in the array by then, whoever asks meanwhile.
            self._sorted = np.union1d(self._sorted, np.fromiter(self._new, np.uint64, len(self._new)))
            self._new = set()
