"""Ids that are never used twice, not even after a deletion and a restart."""

from typing import Final

from services.catalog.storage.database import Cursor

_BLOCK: Final = 1000


class IdCounter:
    """Gives ids from blocks that are reserved in a column of the `library` row; a restart skips the rest of a block.

    Args:
        column: ``next_image_id``, ``next_face_id`` or ``next_source_id``.

    """

    def __init__(self, column: str) -> None:
        self._column = column
        self._next = 0
        self._reserved = 0
        self._tentative = False

    def take(self, cursor: Cursor, count: int) -> range:
        """Return `count` new ids, ascending, within the write transaction of `cursor`."""
        if self._next + count > self._reserved:
            self._next = max(self._next, self._stored(cursor))
            self._reserved = self._next + count + _BLOCK
            self._tentative = True
            cursor.execute(f"UPDATE library SET {self._column} = ?", [self._reserved])  # noqa: S608
        ids = range(self._next, self._next + count)
        self._next += count
        return ids

    def end(self, *, committed: bool) -> None:
        """Note how the transaction ended: a reservation that was taken back with it counts no longer."""
        if self._tentative and not committed:
            self._reserved = 0
        self._tentative = False

    def _stored(self, cursor: Cursor) -> int:
        row = cursor.execute(f"SELECT {self._column} FROM library").fetchone()  # noqa: S608
        return int(row[0]) if row else 1
