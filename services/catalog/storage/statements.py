"""Statements that are parsed once: a third of what a short one takes is its parsing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

from services.catalog.storage.database import Cursor

Values = Sequence[object] | Mapping[str, object]

# Those that insert many rows at once differ by their number, and take 3 KB a row.
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


def fetch(cursor: Cursor, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Return all rows of a query, see `run`."""
    return run(cursor, sql, values).fetchall()
