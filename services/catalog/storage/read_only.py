"""A DuckDB file that somebody else wrote, or that nobody is to change: read, and cut off from all other files."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb

from services.catalog.storage.connection import NAME
from services.catalog.storage.database import Cursor
from services.common.errors import AlbumenError

_MEMORY: Final = "256MB"


@contextlib.contextmanager
def reading_file(path: Path, error_of: Callable[[duckdb.Error], AlbumenError]) -> Iterator[Cursor]:
    """Give a cursor on the file at `path`, which is closed and has no log.

    Where DuckDB fails, what `error_of` returns is raised. The file is read from the disk, as far as the system has not
    kept it.
    """
    try:
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": _MEMORY}) as connection:
            literal = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{literal}' AS {NAME} (TYPE duckdb, READ_ONLY)")
            connection.execute(f"USE {NAME}")
            connection.execute("SET enable_external_access = false")
            yield connection
    except duckdb.Error as error:
        raise error_of(error) from error
