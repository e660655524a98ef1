"""Pages by key over tables that grow in the order of their ids, and the rows of what is on a page."""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch

Rows = list[tuple[Any, ...]]

# How many times as many rows may be read as are wanted, where that spares looking for each of them: joining a list
# takes as long as reading some hundreds of faces without thumbnails, or a thousand rows of two or three columns.
_DENSE: Final = 4
SMALL_ROWS: Final = 8
TINY_ROWS: Final = 12
_SINGLY: Final = 2


def page_of_ids(cursor: Cursor, table: str, condition: str, values: Mapping[str, object], wanted: int) -> list[int]:
    """Return up to `wanted` ids of the rows that meet a condition with `values`, ascending."""
    select = f"SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT $wanted"  # noqa: S608 - names of ours
    return [row[0] for row in fetch(cursor, select, {"wanted": wanted, **values})]


def page_of_rows(cursor: Cursor, table: str, columns: str, low: int, wanted: int, condition: str = "true") -> Rows:
    """Return up to `wanted` rows of a table above the id `low` that meet a condition, ascending; they begin with it."""
    high = low + wanted
    select = f"SELECT id, {columns} FROM {table} WHERE id > $low AND id <= $high AND {condition}"  # noqa: S608 - ours
    rows = fetch(cursor, select, {"low": low, "high": high})
    if len(rows) < wanted:
        # Some were deleted, or there are no more.
        ids = page_of_ids(cursor, table, f"id > $high AND {condition}", {"high": high}, wanted - len(rows))
        rows += rows_among(cursor, table, columns, "id", ids)
    rows.sort(key=itemgetter(0))
    return rows


def rows_among(
    cursor: Cursor, table: str, columns: str, key: str, ids: Collection[int], *, dense: int = _DENSE
) -> Rows:
    """Return the rows of a table whose `key` is among `ids`, in any order; they begin with it. See `rows_near`."""
    rows, wanted = rows_near(cursor, table, columns, key, ids, dense=dense), set(ids)
    return [row for row in rows if row[0] in wanted]


def rows_near(
    cursor: Cursor, table: str, columns: str, key: str, ids: Collection[int], also: str = "", *, dense: int = _DENSE
) -> Rows:
    """Return the same, and perhaps rows of others, whose `key` lies between those of `ids`.

    Args:
        cursor: of a read.
        table: its name.
        columns: SQL of what follows the key.
        key: name of a column.
        ids: values of it.
        also: SQL that follows the condition.
        dense: how many times as many rows may be read as are wanted; more of those that are small.

    """
    if not ids:
        return []
    select = f"SELECT {key}, {columns} FROM {table} WHERE {key}"  # noqa: S608 - names of ours
    low, high = min(ids), max(ids)
    if low == high:
        return fetch(cursor, f"{select} = $key {also}", {"key": low})
    if high - low < dense * len(ids):
        return fetch(cursor, f"{select} BETWEEN $low AND $high {also}", {"low": low, "high": high})
    if len(ids) == _SINGLY:
        # To join a list takes longer than to look twice.
        return [row for one in (low, high) for row in fetch(cursor, f"{select} = $key {also}", {"key": one})]
    # A list of constants is a condition that DuckDB reads every column of every row for; a parameter is joined.
    return fetch(cursor, f"{select} = ANY($ids) {also}", {"ids": sorted(ids)})


def listed(ids: Iterable[int]) -> str:
    """Return ids as SQL text, for statements that are rarely run."""
    return ", ".join(str(int(one)) for one in ids)
