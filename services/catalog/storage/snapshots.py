"""The last snapshot of the clusters, as rows."""

from typing import Final

from services.catalog.storage.database import Cursor

_PART_BYTES: Final = 4 * 1024 * 1024


def write_snapshot(cursor: Cursor, content: bytes) -> None:
    """Put a snapshot in the place of the last one."""
    delete_snapshot(cursor)
    for start in range(0, len(content), _PART_BYTES):
        part = content[start : start + _PART_BYTES]
        cursor.execute("INSERT INTO snapshot (part, content) VALUES (?, ?)", [start // _PART_BYTES, part])


def read_snapshot(cursor: Cursor) -> bytes | None:
    """Return the last snapshot, or None."""
    parts = cursor.execute("SELECT content FROM snapshot ORDER BY part").fetchall()
    return b"".join(part for (part,) in parts) or None


def delete_snapshot(cursor: Cursor) -> None:
    """Delete the snapshot, if there is one."""
    cursor.execute("DELETE FROM snapshot")
