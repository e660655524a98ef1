"""How large a library's file is, and how much of it is in use."""

from pathlib import Path

from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch
from services.catalog.storage.write_ahead_log import logs_of


def size_on_disk(path: Path) -> int:
    """Return how many bytes the DuckDB file at `path` and its logs take."""
    return sum(file.stat().st_size for file in (path, *logs_of(path)) if file.exists())


def used_bytes(cursor: Cursor) -> int:
    """Return how many bytes of the file, without its log, are not free for reuse."""
    rows = fetch(
        cursor, "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()"
    )
    return sum(int(used) for (used,) in rows)
