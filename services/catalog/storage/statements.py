"""Statements that are parsed once: a third of what a short one takes is its parsing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

Cursor = duckdb.DuckDBPyConnection
Values = Sequence[object] | Mapping[str, object]

# Those that hold numbers of rows differ from call to call.
_LONGEST_KEPT: Final = 1_000
# By text; the texts are this program's own, so there are few.
_PARSED: Final[dict[str, duckdb.Statement]] = {}


def run(cursor: Cursor, sql: str, values: Values = ()) -> Cursor:
    """Execute a statement; everything that differs from call to call has to be in `values`."""
    statement = _PARSED.get(sql)
    if statement is None:
        (statement,) = cursor.extract_statements(sql)
        if len(sql) <= _LONGEST_KEPT:
            _PARSED[sql] = statement
    return cursor.execute(statement, values)


def insert(cursor: Cursor, table: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows, the values of `columns` each; several cost little more than one.

    They are given as lists, a column each, for each single value of a statement is planned.
    """
    if rows:
        one = len(rows) == 1
        values = ", ".join(["?" if one else "unnest(?)"] * len(rows[0]))
        given = list(rows[0]) if one else [list(column) for column in zip(*rows, strict=True)]
        run(cursor, f"INSERT INTO {table} ({columns}) SELECT {values}", given)


def fetch(cursor: Cursor, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Return all rows of a query, see `run`."""
    return run(cursor, sql, values).fetchall()
