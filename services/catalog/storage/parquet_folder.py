"""Rows as Parquet files in a folder, written by an instance of DuckDB of its own that sees nothing but this folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb

from services.catalog.storage.row_stream import RowStream
from services.common.errors import AlbumenError

_MEMORY: Final = "256MB"
_OWNER_ONLY: Final = 0o600


class ParquetFolder:
    """A folder that files are written into; one thread at a time may use it.

    Args:
        folder: which is there.
        error_of: what is raised where DuckDB or the disk fails.

    """

    def __init__(self, folder: Path, error_of: Callable[[Exception], AlbumenError]) -> None:
        self._folder = folder
        self._error_of = error_of
        self._connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": _MEMORY})
        self._connection.execute("SET temp_directory = ''")
        self._connection.execute(f"SET allowed_directories = ['{_literal(folder)}/']")
        self._connection.execute("SET enable_external_access = false")

    def write(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        """Write rows of another connection into a file, `folder/file.parquet` or the like; it is durable then."""
        path = self._folder / name
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._connection.register("stream", RowStream(rows))
            try:
                self._connection.execute(
                    f"COPY (SELECT * FROM stream) TO '{_literal(path)}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608
                )
            finally:
                self._connection.unregister("stream")
            path.chmod(_OWNER_ONLY)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        except (duckdb.Error, OSError) as error:
            raise self._error_of(error) from error

    def close(self) -> None:
        """Let go of the folder."""
        self._connection.close()


def _literal(path: Path) -> str:
    return str(path).replace("'", "''")
