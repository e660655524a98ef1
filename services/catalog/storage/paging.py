"""Pages by key over tables that grow in the order of their ids."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.catalog.storage.database import Cursor

_FIRST_SPAN: Final = 4096
_SPAN_GROWTH: Final = 16


def page_of_ids(
    cursor: Cursor,
    table: str,
    condition: str,
    values: Mapping[str, object],
    after: int | None,
    limit: int,
    *,
    key: str = "id",
) -> tuple[list[int], int | None]:
    """Return the next keys of a table that meet a condition, ascending, and the next `after`; None at the end.

    Args:
        cursor: of a read.
        table: the table.
        condition: SQL; ``$low`` and ``$high`` stand for the range of keys that is being searched.
        values: the other parameters of `condition`.
        after: keys above this one are searched; None means all.
        limit: the most keys to return.
        key: the column; the same key in several rows is returned once.

    """
    row = cursor.execute(f"SELECT max({key}) FROM {table}").fetchone()  # noqa: S608
    top = row[0] if row and row[0] is not None else 0
    low, span = after or 0, _FIRST_SPAN
    found: list[int] = []
    # DuckDB skips row groups outside of a closed range, but reads everything above an open one: so the search goes in
    # windows, which grow so that a condition that few rows meet takes few queries.
    while low < top and len(found) <= limit:
        high = low + span
        rows = cursor.execute(
            f"SELECT DISTINCT {key} FROM {table} WHERE {key} > $low AND {key} <= $high AND {condition} "  # noqa: S608
            f"ORDER BY {key} LIMIT $wanted",
            {"low": low, "high": high, "wanted": limit + 1 - len(found)} | dict(values),
        ).fetchall()
        found += [row[0] for row in rows]
        low, span = high, span * _SPAN_GROWTH
    return found[:limit], found[limit - 1] if len(found) > limit else None


def listed(ids: Iterable[int]) -> str:
    """Return ids as SQL text; DuckDB plans a list of constants several times faster than a list parameter."""
    return ", ".join(str(int(one)) for one in ids)
