"""Rows of a library in a new file, made by an instance of DuckDB of its own.

One that has run out of room may refuse all further work, so it is never the library's; rows go from one to the other as
Arrow streams.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from services.catalog.storage.connection import connect
from services.catalog.storage.database import Cursor
from services.catalog.storage.library_row import Erasures
from services.catalog.storage.row_stream import RowStream
from services.catalog.storage.tables import columns_of, count_rows
from services.catalog.storage.write_ahead_log import logs_of
from services.common.errors import AlbumenError
from services.common.limits import MEBIBYTE

_MEMORY: Final = "256MB"
_CHECKPOINT_BYTES: Final = 4 * MEBIBYTE
_AUTOMATIC_CHECKPOINT: Final = "32MB"


class TableCopy:
    """A new file with the tables of a library; one thread at a time may use it.

    Args:
        path: the file, which is not there.
        error_of: what is raised where DuckDB fails at it, here and in all methods.
        instead: SQL of what stands in the place of a column, by table and column.

    Raises:
        AlbumenError: what `error_of` returns.

    """

    def __init__(
        self,
        path: Path,
        error_of: Callable[[duckdb.Error], AlbumenError],
        *,
        instead: Mapping[tuple[str, str], str],
    ) -> None:
        self._path = path
        self._error_of = error_of
        self._instead = instead
        self._connection = connect(
            path, _MEMORY, lambda _, error: error_of(error), automatic_checkpoint=_AUTOMATIC_CHECKPOINT
        )
        self._tables = {table: [*columns] for table, columns in columns_of(self._connection).items()}

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the library's tables."""
        return tuple(self._tables)

    def count(self, cursor: Cursor, table: str) -> int:
        """Return how many rows a table of the library has."""
        return count_rows(cursor, table)

    def clear(self, table: str) -> None:
        """Delete what a new file has of rows."""
        self._run(f"DELETE FROM {table}")  # noqa: S608 - names of ours

    def insert(self, cursor: Cursor, table: str, condition: str) -> None:
        """Insert rows that `cursor` sees and that are not there, in the order of their first column."""
        names = ", ".join(self._tables[table])
        select = f"SELECT {self.selected(table)} FROM {table} WHERE {condition} ORDER BY 1"  # noqa: S608 - names of ours
        with self._stream(cursor.sql(select)):
            self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM stream")  # noqa: S608

    def selected(self, table: str, columns: Sequence[str] | None = None) -> str:
        """Return the SQL of columns of a table, or of all, as they are to be in the copy."""
        chosen = self._tables[table] if columns is None else columns
        return ", ".join(
            f"{self._instead[table, column]} AS {column}" if (table, column) in self._instead else column
            for column in chosen
        )

    def plain(self, table: str) -> str:
        """Return the SQL of all columns of a table, as they are in the copy."""
        return ", ".join(self._tables[table])

    def owe(self, erasures: Erasures) -> None:
        """Say what was erased, and since when that may be in this file."""
        self._run("UPDATE library SET erasures = ?, erase_time = ?", [erasures.count, erasures.since])

    def checkpoint(self) -> None:
        """Move the log into the file if it has grown, so that finishing takes no time."""
        # Each checkpoint leaves blocks free, which a small file would be mostly made of.
        log, _ = logs_of(self._path)
        if log.exists() and log.stat().st_size >= _CHECKPOINT_BYTES:
            self._run("CHECKPOINT")

    def finish(self) -> None:
        """Close the whole file."""
        self._run("CHECKPOINT")
        self._connection.close()

    def discard(self) -> None:
        """Let go of the file, unless it was finished; it is of no use then."""
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        self._connection.close()

    def _run(self, sql: str, values: Sequence[object] = ()) -> Cursor:
        try:
            return self._connection.execute(sql, values)
        except duckdb.Error as error:
            raise self._error_of(error) from error

    @contextlib.contextmanager
    def _stream(self, rows: duckdb.DuckDBPyRelation) -> Iterator[None]:
        """Have the rows of another connection as the table ``stream``, to be read once."""
        try:
            self._connection.register("stream", RowStream(rows))
            yield
        except duckdb.Error as error:
            raise self._error_of(error) from error
        finally:
            self._connection.unregister("stream")
