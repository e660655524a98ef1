"""Which hashes and places a library has surely never had: asked before every photo, and answered without the file."""

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.storage.database import Cursor

# In a set an entry takes ten times as much as in the array; sorting these into a million others takes some ms.
_MOST_NEW: Final = 10_000
_DIGEST_BYTES: Final = 8


class SeenTexts:
    """The SHA-256 and the places of all images that there were since this was made, 8 bytes each; never too few.

    Used by one writer, who adds what it is about to write; `may_have` may be called from any thread.

    Args:
        cursor: sees all that is written so far.

    """

    def __init__(self, cursor: Cursor) -> None:
        found = cursor.execute(
            "SELECT md5_number_lower(sha256) AS digest FROM image UNION ALL SELECT md5_number_lower(uri) FROM source"
        ).fetchnumpy()
        self._sorted: npt.NDArray[np.uint64] = np.sort(np.asarray(found["digest"], np.uint64))
        self._new: set[int] = set()

    def may_have(self, text: str) -> bool:
        """Return whether a hash or a place may be there; of 10 ** 12 others, one is taken for it."""
        digest = _digest(text)
        if digest in self._new:
            return True
        known = self._sorted
        at = int(np.searchsorted(known, np.uint64(digest)))
        return at < len(known) and int(known[at]) == digest

    def add(self, texts: Iterable[str]) -> None:
        """Note what is about to be written."""
        self._new.update(map(_digest, texts))
        if len(self._new) > _MOST_NEW:
            # What leaves the set is in the array by then, whoever asks meanwhile.
            self._sorted = np.union1d(self._sorted, np.fromiter(self._new, np.uint64, len(self._new)))
            self._new = set()


def _digest(text: str) -> int:
    """Return what DuckDB calls md5_number_lower."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[_DIGEST_BYTES:], "little")
