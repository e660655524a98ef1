"""SHA-256 of images by id: written once, never changed, and asked for with every page of faces."""

import threading
from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch

_HASH_BYTES: Final = 32
_HASH_DIGITS: Final = 2 * _HASH_BYTES
# To look for more than so many scattered rows takes milliseconds, each time; to read all of 100,000 some dozens, once.
_FEW: Final = 8


class ImageHashes:
    """Remembers the hashes of images, 33 bytes each, as those found them who looked.

    An id is never given to another image. Only readers ask, who see nothing but commits. Methods may be called from
    any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hashes: npt.NDArray[np.uint8] = np.zeros((0, _HASH_BYTES), np.uint8)
        self._is_known: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._asked_of_all = False

    @property
    def nbytes(self) -> int:
        """How many bytes they take."""
        return self._hashes.nbytes + self._is_known.nbytes

    def find(self, cursor: Cursor, image_ids: Collection[int]) -> dict[int, str]:
        """Return id -> SHA-256, of those of the images that exist, and perhaps of some that did."""
        found = self._remembered(image_ids)
        missing = [image_id for image_id in image_ids if image_id not in found]
        if len(missing) > _FEW and not self._asked_of_all:
            self._asked_of_all = True
            self._remember(fetch(cursor, "SELECT id, sha256 FROM image"))
            found = self._remembered(image_ids)
            missing = [image_id for image_id in image_ids if image_id not in found]
        if missing:
            rows = [
                (int(image_id), str(sha256))
                for image_id, sha256 in rows_among(cursor, "image", "sha256", "id", missing)
            ]
            self._remember(rows)
            found.update(rows)
        return found

    def _remembered(self, image_ids: Collection[int]) -> dict[int, str]:
        ids = np.fromiter(image_ids, np.int64, len(image_ids))
        with self._lock:
            ids = ids[ids < len(self._is_known)]
            ids = ids[self._is_known[ids]]
            digits = self._hashes[ids].tobytes().hex()
        return {
            image_id: digits[at : at + _HASH_DIGITS]
            for image_id, at in zip(ids.tolist(), range(0, len(digits), _HASH_DIGITS), strict=True)
        }

    def _remember(self, rows: Collection[tuple[int, str]]) -> None:
        if not rows:
            return
        ids = np.fromiter((image_id for image_id, _ in rows), np.int64, len(rows))
        hashes = np.frombuffer(bytes.fromhex("".join(sha256 for _, sha256 in rows)), np.uint8)
        with self._lock:
            missing = int(ids.max()) + 1 - len(self._is_known)
            if missing > 0:
                room = missing + len(self._is_known) // 4
                self._hashes = np.pad(self._hashes, ((0, room), (0, 0)))
                self._is_known = np.pad(self._is_known, (0, room))
            self._hashes[ids] = hashes.reshape(-1, _HASH_BYTES)
            self._is_known[ids] = True
