"""Columns of a table by the parts of a record that they are read for."""

from collections.abc import Iterator, Mapping
from enum import Flag
from itertools import chain
from typing import Any, Generic, TypeVar

from services.catalog.storage.paging import Rows

P = TypeVar("P", bound=Flag)


class Columns(Generic[P]):
    """The columns of each part.

    Args:
        always: names of those that belong to no part.
        parts: name of each column of a part, and what stands for it if the part is not read.

    """

    def __init__(self, always: tuple[str, ...], parts: Mapping[P, Mapping[str, object]]) -> None:
        self._always = always
        self._parts = parts

    def sql(self, parts: P) -> str:
        """Return the columns to be selected."""
        wanted = (columns for part, columns in self._parts.items() if part in parts)
        return ", ".join((*self._always, *chain.from_iterable(wanted)))

    def complete(self, rows: Rows, parts: P) -> Iterator[tuple[Any, ...]]:
        """Yield rows that begin with a key and what was selected of `parts` as if all parts had been."""
        at = 1 + len(self._always)
        pieces: list[slice | tuple[object, ...]] = [slice(at)]
        for part, columns in self._parts.items():
            if part in parts:
                pieces.append(slice(at, at := at + len(columns)))
            else:
                pieces.append(tuple(columns.values()))
        if all(isinstance(piece, slice) for piece in pieces):
            yield from rows
            return
        for row in rows:
            whole: tuple[Any, ...] = ()
            for piece in pieces:
                whole += row[piece] if isinstance(piece, slice) else piece
            yield whole
