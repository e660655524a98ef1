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
    """Return up to `limit` different keys of `table` above `after` that meet `condition`, and the next `after` or None.

    The ids are searched in windows that grow, since DuckDB skips the row groups outside of a range but reads all
    that is above an open one. In `condition`, ``$low`` and ``$high`` stand for the window; `values` has the rest.
    """
    row = cursor.execute(f"SELECT max({key}) FROM {table}").fetchone()  # noqa: S608
    top = row[0] if row and row[0] is not None else 0
    low, span = after or 0, _FIRST_SPAN
    found: list[int] = []
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
