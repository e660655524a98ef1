"""Which snapshot of the clusters is the last, as a row; its content is in files beside the library.

Older versions kept the content itself in rows: nothing reads it any more, and the next snapshot replaces it.
"""

from typing import Final

from services.catalog.storage.database import Cursor

_LONGEST_TOKEN: Final = 64


def write_token(cursor: Cursor, token: str) -> None:
    """Put the token of a snapshot's files, ASCII, in the place of the last one."""
    delete_snapshot(cursor)
    cursor.execute("INSERT INTO snapshot (part, content) VALUES (0, ?)", [token.encode("ascii")])


def read_token(cursor: Cursor) -> str:
    """Return the token of the last snapshot's files; empty if there is none."""
    row = cursor.execute("SELECT content FROM snapshot WHERE part = 0").fetchone()
    return bytes(row[0]).decode("ascii") if row and len(row[0]) <= _LONGEST_TOKEN else ""


def delete_snapshot(cursor: Cursor) -> None:
    """Delete the snapshot, if there is one."""
    cursor.execute("DELETE FROM snapshot")
