"""A library's rows in a new file, for what was erased from the old one stays in it until somebody writes over it.

DuckDB reuses the blocks of deleted rows some time, and overwrites nothing before. The new file is made by an instance
of DuckDB of its own, as one that has run out of room may refuse all further work; rows go from one to the other as
Arrow streams.

Who copies need not see one moment. First the bulk goes over, a few thousand rows at a time; then each table is compared
with what is there by now, as often as wanted, and the last time while nobody writes.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import structlog

from services.catalog.events import Resource
from services.catalog.storage.connection import connect
from services.catalog.storage.database import Cursor
from services.catalog.storage.file_copy import copy_path, discard_copy
from services.catalog.storage.library_row import Erasures
from services.catalog.storage.paging import listed
from services.catalog.storage.row_stream import RowStream
from services.catalog.storage.statements import fetch
from services.catalog.storage.unavailable import copy_failed, library_unavailable
from services.catalog.storage.write_ahead_log import logs_of
from services.common.limits import MEBIBYTE

# Of the tables that take most of the file, which are copied so many rows at a time: a group of rows, so that no block
# is written twice; of previews, which are large, some megabytes.
ROWS_AT_ONCE: Final = {"face": 2048, "trashed_face": 2048, "preview": 256}
_MEMORY: Final = "256MB"
_CHECKPOINT_BYTES: Final = 4 * MEBIBYTE
_AUTOMATIC_CHECKPOINT: Final = "32MB"
# What tells the rows of a table apart; in tables that are not here, all columns do. What has a unique index and is no
# key must not be updated, so it is part of the key: it never changes.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "album": ("number", "id"),
    "edit": ("id",),
    "event": ("seq",),
    "face": ("id",),
    "folder": ("number", "id"),
    "image": ("id", "sha256"),
    "label": ("id", "name"),
    "migration": ("version",),
    "person": ("number", "id"),
    "preview": ("image_id",),
    "snapshot": ("part",),
    "source": ("uri",),
    "trashed_face": ("id",),
}
# What is written once and takes most of them: it is copied, and not compared.
_OF_FACES: Final = frozenset({"landmarks", "embedding", "thumbnail"})
_CONSTANT: Final[Mapping[str, frozenset[str]]] = {
    "face": _OF_FACES,
    "preview": frozenset({"content"}),
    "trashed_face": _OF_FACES,
}
_EVENTS: Final = "event"
_COLUMNS: Final = """
SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal GROUP BY table_name ORDER BY table_name
"""
_log = structlog.get_logger()


class FreshCopy:
    """The new file of one library, beside the old one; one thread at a time may use it.

    Args:
        path: the library's file, whose copy this is.
        nameless_events: up to this number, events that tell of an image's deletion lose its name, which is the hash of
            its bytes.

    Raises:
        ResourceExhaustedError: DISK_FULL, here and in all methods.
        UnavailableError: LIBRARY_UNAVAILABLE, likewise: it can't be written for another reason.

    """

    def __init__(self, path: Path, *, nameless_events: int) -> None:
        self._path = path
        # What stands in the place of a column.
        self._instead = {
            (_EVENTS, "name"): f"CASE WHEN resource = {Resource.IMAGE.value} AND seq <= {int(nameless_events)} "
            "THEN '' ELSE name END AS name"
        }
        try:
            discard_copy(path)
        except OSError as error:
            raise library_unavailable(path, f"An old copy of it can't be removed ({error.strerror}).") from error
        self._connection = connect(copy_path(path), _MEMORY, copy_failed, automatic_checkpoint=_AUTOMATIC_CHECKPOINT)
        self._tables: dict[str, list[str]] = dict(self._run(_COLUMNS).fetchall())

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the library's tables."""
        return tuple(self._tables)

    def copy_rows(self, cursor: Cursor, table: str, *, after: int) -> tuple[int, int]:
        """Copy the next few rows of one of `ROWS_AT_ONCE` behind the key `after`, in the order of their keys.

        Returns:
            The key of the last one, and how many they are.

        """
        (key,) = _KEYS[table]
        select = f"SELECT {key} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?"  # noqa: S608 - names of ours
        rows = fetch(cursor, select, [after, ROWS_AT_ONCE[table]])
        if not rows:
            return after, 0
        last = int(rows[-1][0])
        self._insert(cursor, table, f"{key} > {int(after)} AND {key} <= {last}")
        return last, len(rows)

    def catch_up(self, cursor: Cursor, table: str) -> int:
        """Make the rows of a table equal to those that `cursor` sees; return how many more there are now."""
        before = _count(self._connection, table)
        if before:
            self._compare(cursor, table)
        elif _count(cursor, table):
            self._insert(cursor, table, "true")
        return _count(self._connection, table) - before

    def count(self, cursor: Cursor, table: str) -> int:
        """Return how many rows a table of the library has."""
        return _count(cursor, table)

    def owe(self, erasures: Erasures) -> None:
        """Say what was erased, and since when that may be in this file."""
        self._run("UPDATE library SET erasures = ?, erase_time = ?", [erasures.count, erasures.since])

    def checkpoint(self) -> None:
        """Move the log into the file if it has grown, so that finishing takes no time."""
        # Each checkpoint leaves blocks free, which a small file would be mostly made of.
        log, _ = logs_of(copy_path(self._path))
        if log.exists() and log.stat().st_size >= _CHECKPOINT_BYTES:
            self._run("CHECKPOINT")

    def finish(self) -> None:
        """Close the whole file, so that it can take the place of the old one."""
        self._run("CHECKPOINT")
        self._connection.close()

    def discard(self) -> None:
        """Remove the file, unless it has taken the place of the old one."""
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        self._connection.close()
        try:
            discard_copy(self._path)
        except OSError as error:
            # Whoever opens the library next tries again.
            _log.warning("copy_left", file=self._path.name, error=str(error))

    def _run(self, sql: str, values: Sequence[object] = ()) -> Cursor:
        try:
            return self._connection.execute(sql, values)
        except duckdb.Error as error:
            raise copy_failed(self._path, error) from error

    def _compare(self, cursor: Cursor, table: str) -> None:
        """Delete, change and insert rows of a table."""
        columns = self._tables[table]
        keys = _KEYS.get(table, tuple(columns))
        compared = [column for column in columns if column not in _CONSTANT.get(table, ())]
        others = [column for column in compared if column not in keys]
        with self._stream(cursor.sql(f"SELECT {self._selected(table, compared)} FROM {table}")):  # noqa: S608
            self._run("CREATE OR REPLACE TEMP TABLE present AS SELECT * FROM stream")
        same = _all_same(keys, "present", "old")
        self._run(
            f"DELETE FROM {table} AS old WHERE NOT EXISTS (SELECT 1 FROM present WHERE {same})"  # noqa: S608
        )
        if others:
            changes = ", ".join(f"{column} = present.{column}" for column in others)
            self._run(
                f"UPDATE {table} AS old SET {changes} FROM present "  # noqa: S608
                f"WHERE {same} AND NOT ({_all_same(others, 'present', 'old')})"
            )
        missing = f"SELECT * FROM present WHERE NOT EXISTS (SELECT 1 FROM {table} AS old WHERE {same}) ORDER BY 1"  # noqa: S608
        if (at_once := ROWS_AT_ONCE.get(table)) is not None:
            (key,) = keys
            ids = [one for (one,) in self._run(f"SELECT {key} FROM ({missing})").fetchall()]  # noqa: S608
            for start in range(0, len(ids), at_once):
                self._insert(cursor, table, f"{key} IN ({listed(ids[start : start + at_once])})")
            return
        names = ", ".join(columns)
        self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({missing})")  # noqa: S608
        if _count(self._connection, table) != _count(cursor, table):
            # Some are the same in all columns, and there are more or fewer of them now.
            self._run(f"DELETE FROM {table}")  # noqa: S608
            self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM present ORDER BY 1")  # noqa: S608

    def _insert(self, cursor: Cursor, table: str, condition: str) -> None:
        """Insert rows that are not there, in the order of their first column."""
        names = ", ".join(self._tables[table])
        selected = self._selected(table, self._tables[table])
        select = f"SELECT {selected} FROM {table} WHERE {condition} ORDER BY 1"  # noqa: S608 - names of ours
        with self._stream(cursor.sql(select)):
            self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM stream")  # noqa: S608

    def _selected(self, table: str, columns: Sequence[str]) -> str:
        return ", ".join(self._instead.get((table, column), column) for column in columns)

    @contextlib.contextmanager
    def _stream(self, rows: duckdb.DuckDBPyRelation) -> Iterator[None]:
        """Have the rows of another connection as the table ``stream``, to be read once."""
        try:
            self._connection.register("stream", RowStream(rows))
            yield
        except duckdb.Error as error:
            raise copy_failed(self._path, error) from error
        finally:
            self._connection.unregister("stream")


def _all_same(columns: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{column} IS NOT DISTINCT FROM {other}.{column}" for column in columns)


def _count(cursor: Cursor, table: str) -> int:
    ((count,),) = cursor.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 - names of ours
    return int(count)
