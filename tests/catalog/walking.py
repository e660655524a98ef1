"""Whole lists, page by page."""

from collections.abc import Callable
from typing import TypeVar

from services.catalog.records import Page

T = TypeVar("T")
K = TypeVar("K")


def walk(read: Callable[[K | None], Page[T, K]]) -> list[T]:
    """Return the items of all pages, each of which ends with a key that leads on; `read` is given the one before."""
    items: list[T] = []
    after: K | None = None
    while True:
        page = read(after)
        assert len(page.keys) == len(page.items)
        items += page.items
        if page.next_key is None:
            return items
        assert page.next_key == page.keys[-1]
        after = page.next_key
