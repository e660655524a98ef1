"""A library's rows in a new file, for what was erased from the old one stays in it until somebody writes over it.

DuckDB reuses the blocks of deleted rows some time, and overwrites nothing before.

Who copies need not see one moment. First the bulk goes over, a few thousand rows at a time; then each table is compared
with what is there by now, as often as wanted, and the last time while nobody writes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from services.catalog.events import Resource
from services.catalog.storage.database import Cursor
from services.catalog.storage.file_copy import copy_path, discard_copy
from services.catalog.storage.paging import listed
from services.catalog.storage.statements import fetch
from services.catalog.storage.table_copy import TableCopy
from services.catalog.storage.tables import count_rows
from services.catalog.storage.unavailable import copy_failed, library_unavailable

# Of the tables that take most of the file, which are copied so many rows at a time: a group of rows, so that no block
# is written twice; of previews, which are large, some megabytes.
ROWS_AT_ONCE: Final = {"face": 2048, "trashed_face": 2048, "preview": 256}
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
_log = structlog.get_logger()


class FreshCopy(TableCopy):
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
        self._library = path
        try:
            discard_copy(path)
        except OSError as error:
            raise library_unavailable(path, f"An old copy of it can't be removed ({error.strerror}).") from error
        super().__init__(
            copy_path(path), lambda error: copy_failed(path, error), instead=without_names(nameless_events)
        )

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
        self.insert(cursor, table, f"{key} > {int(after)} AND {key} <= {last}")
        return last, len(rows)

    def catch_up(self, cursor: Cursor, table: str) -> int:
        """Make the rows of a table equal to those that `cursor` sees; return how many more there are now."""
        before = count_rows(self._connection, table)
        if before:
            self._compare(cursor, table)
        elif count_rows(cursor, table):
            self.insert(cursor, table, "true")
        return count_rows(self._connection, table) - before

    def discard(self) -> None:
        """Remove the file, unless it has taken the place of the old one."""
        super().discard()
        try:
            discard_copy(self._library)
        except OSError as error:
            # Whoever opens the library next tries again.
            _log.warning("copy_left", file=self._library.name, error=str(error))

    def _compare(self, cursor: Cursor, table: str) -> None:
        """Delete, change and insert rows of a table."""
        columns = self._tables[table]
        keys = _KEYS.get(table, tuple(columns))
        compared = [column for column in columns if column not in _CONSTANT.get(table, ())]
        others = [column for column in compared if column not in keys]
        with self._stream(cursor.sql(f"SELECT {self.selected(table, compared)} FROM {table}")):  # noqa: S608
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
                self.insert(cursor, table, f"{key} IN ({listed(ids[start : start + at_once])})")
            return
        names = ", ".join(columns)
        self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({missing})")  # noqa: S608
        if count_rows(self._connection, table) != count_rows(cursor, table):
            # Some are the same in all columns, and there are more or fewer of them now.
            self._run(f"DELETE FROM {table}")  # noqa: S608
            self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM present ORDER BY 1")  # noqa: S608


def without_names(last: int) -> Mapping[tuple[str, str], str]:
    """Return what stands in the place of the names of images, of which events up to the number `last` tell the end."""
    nameless = f"resource = {Resource.IMAGE.value} AND seq <= {int(last)}"
    return {(_EVENTS, "name"): f"CASE WHEN {nameless} THEN '' ELSE name END"}


def _all_same(columns: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{column} IS NOT DISTINCT FROM {other}.{column}" for column in columns)
