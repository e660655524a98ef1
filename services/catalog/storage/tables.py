"""The tables of a library's file, whatever they are: their columns, their rows a few at a time, and sums of these."""

from collections.abc import Iterator
from typing import Final

from services.catalog.storage.statements import Cursor, fetch

_COLUMNS: Final = """
SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal GROUP BY table_name ORDER BY table_name
"""
# Of a column that numbers rows. Rows of a table whose first column doesn't are few.
_NUMBERS: Final = """
SELECT table_name, column_name FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal AND column_index = 1 AND data_type IN ('BIGINT', 'INTEGER')
"""
# Some megabytes of rows, which take a fraction of a second.
_FEW: Final = {"face": 2048, "trashed_face": 2048, "preview": 256, "edit": 64}
_MANY: Final = 20_000


def columns_of(cursor: Cursor) -> dict[str, list[str]]:
    """Return the columns of each table, by its name."""
    return dict(fetch(cursor, _COLUMNS))


def numbered_by(cursor: Cursor) -> dict[str, str]:
    """Return by which column the rows of a table are numbered, of those tables that have one."""
    return dict(fetch(cursor, _NUMBERS))


def count_rows(cursor: Cursor, table: str) -> int:
    """Return how many rows a table has."""
    ((count,),) = fetch(cursor, f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
    return int(count)


def windows(cursor: Cursor, table: str, number: str | None, at_once: int | None = None) -> Iterator[str]:
    """Yield conditions that some rows of a table meet each, and all of them one: those of `at_once` numbers in a row.

    Args:
        cursor: of one snapshot.
        table: its name.
        number: the column that numbers its rows; None if there is none, and all rows are met at once.
        at_once: how many numbers; as is good for the table if None.

    """
    if number is None:
        yield "true"
        return
    size, start = at_once or _FEW.get(table, _MANY), None
    first = f"SELECT min({number}) FROM {table}"  # noqa: S608 - names of ours
    while True:
        # Numbers of what was deleted are passed over, however many they are.
        rows = fetch(cursor, first) if start is None else fetch(cursor, f"{first} WHERE {number} >= ?", [start])
        if rows[0][0] is None:
            return
        low = int(rows[0][0])
        start = low + size
        yield f"{table}.{number} >= {low} AND {table}.{number} < {start}"


def sum_of_rows(cursor: Cursor, table: str, columns: str, condition: str) -> tuple[int, int]:
    """Return how many rows of a table meet a condition, and a sum that changes with any value in `columns`, SQL.

    It is equal only where the same version of DuckDB computes it.
    """
    select = f"SELECT {columns} FROM {table} WHERE {condition}"  # noqa: S608 - names of ours
    # Not parsed once: conditions differ from call to call.
    found = cursor.execute(f"SELECT count(*), coalesce(sum(hash(one_row)), 0) FROM ({select}) AS one_row")  # noqa: S608
    ((count, total),) = found.fetchall()
    return int(count), int(total)
