"""Whole lists, page by page."""

from collections.abc import Callable
from typing import TypeVar

from services.catalog.records import Page

T = TypeVar("T")
K = TypeVar("K")


def walk(read: Callable[[K | None], Page[T, K]]) -> list[T]:
    """Return the items of all pages; `read` is given the key of the page before."""
    items: list[T] = []
    after = None
    while True:
        page = read(after)
        items += page.items
        after = page.next_key
        if after is None:
            return items
