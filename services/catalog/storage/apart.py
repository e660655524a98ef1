"""Pairs of people that are not the same, as rows."""

from collections.abc import Iterable
from typing import Final

from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed

_INSERT: Final = (
    "INSERT INTO apart (a, b) SELECT a, b FROM (SELECT unnest(?) AS a, unnest(?) AS b) EXCEPT SELECT a, b FROM apart"
)


def read_apart(cursor: Cursor) -> list[tuple[int, int]]:
    """Return all pairs, by number, the lower one first."""
    return [(int(a), int(b)) for a, b in cursor.execute("SELECT a, b FROM apart").fetchall()]


def read_apart_of(cursor: Cursor, numbers: Iterable[int]) -> frozenset[tuple[int, int]]:
    """Return the pairs that one of `numbers` is in, the lower number first."""
    ids = listed(numbers)
    if not ids:
        return frozenset()
    rows = cursor.execute(f"SELECT a, b FROM apart WHERE a IN ({ids}) OR b IN ({ids})").fetchall()  # noqa: S608
    return frozenset((int(low), int(high)) for low, high in rows)


def insert_apart(cursor: Cursor, pairs: Iterable[tuple[int, int]]) -> None:
    """Add pairs; those that are there stay there once."""
    if new := sorted(pairs):
        cursor.execute(
            _INSERT,
            [list(column) for column in zip(*new, strict=True)],
        )


def delete_apart(cursor: Cursor, pairs: Iterable[tuple[int, int]]) -> None:
    """Delete pairs."""
    if old := sorted(pairs):
        cursor.execute(
            "DELETE FROM apart WHERE (a, b) IN (SELECT unnest(?), unnest(?))",
            [list(column) for column in zip(*old, strict=True)],
        )


def forget_apart(cursor: Cursor, people: Iterable[int]) -> None:
    """Delete all pairs with people who are no more."""
    if numbers := listed(people):
        cursor.execute(f"DELETE FROM apart WHERE a IN ({numbers}) OR b IN ({numbers})")  # noqa: S608
