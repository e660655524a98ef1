"""Catalogs with little memory, and how their libraries are used."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.catalog.catalog import Catalog
from services.catalog.leases import Leases
from services.catalog.library import Library
from services.catalog.library_memory import OPEN_BYTES

# Each takes what an open file takes, and less than half as much for the little that is in it.
ROOM_FOR_TWO = 3 * OPEN_BYTES - 1
LONG = 30


@contextmanager
def opened(folder: Path, memory: int) -> Iterator[Catalog]:
    catalog = Catalog(folder, memory=memory)
    try:
        yield catalog
    finally:
        catalog.close()


def open_ones(catalog: Catalog) -> list[str]:
    return [library.id for library in catalog.leases.each()]


def use(catalog: Catalog, library_id: str, *, people: bool = False) -> None:
    with catalog.lease(library_id, people=people) as library:
        library.record()


class Gate:
    """Something that goes on until it is let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.open.wait(LONG)


def leases_of(
    folder: Path,
    *,
    opening: Callable[[str], object] = lambda _: None,
    closing: Callable[[str], object] = lambda _: None,
    memory: int = ROOM_FOR_TWO,
    files: int | None = None,
) -> Leases:
    """Leases of real libraries; `opening` and `closing` are told first."""

    def begin(library_id: str) -> Library:
        opening(library_id)
        return Library(folder / f"{library_id}.duckdb", library_id)

    def end(library: Library) -> None:
        closing(library.id)
        library.close()

    return Leases(lambda _: None, begin, end, memory=memory, files=memory if files is None else files)
