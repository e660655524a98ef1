"""What a table of an export is, and what of it has to be asked for."""

from dataclasses import dataclass
from enum import Flag, auto
from typing import Final


class ExportParts(Flag):
    """What is left out unless it is asked for.

    Attributes:
        EMBEDDINGS: of faces.
        PICTURES: thumbnails of faces, previews of images.

    """

    EMBEDDINGS = auto()
    PICTURES = auto()


ALWAYS: Final = ExportParts(0)


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column.

    Attributes:
        name: of the column.
        sql: what it is made of.
        description: a phrase, for documentation.
        part: what has to be asked for; none if it is always there.

    """

    name: str
    sql: str
    description: str
    part: ExportParts = ALWAYS


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table.

    Attributes:
        name: of the table, and of the folder of its files.
        description: a phrase, for documentation.
        table: the table of the library whose rows these are.
        columns: of it.
        joined: what follows the table's name in SQL.
        at_once: how many numbers of rows go into one file.
        part: what has to be asked for; none if it is always there.

    """

    name: str
    description: str
    table: str
    columns: tuple[ExportColumn, ...]
    joined: str = ""
    at_once: int = 100_000
    part: ExportParts = ALWAYS

    def select(self, parts: ExportParts, condition: str) -> str:
        """Return the SQL of the rows that meet a condition."""
        columns = ", ".join(f"{one.sql} AS {one.name}" for one in self.columns_of(parts))
        return f"SELECT {columns} FROM {self.table} {self.joined} WHERE {condition}"  # noqa: S608 - names of ours

    def columns_of(self, parts: ExportParts) -> tuple[ExportColumn, ...]:
        """Return the columns that there are where `parts` were asked for."""
        return tuple(one for one in self.columns if one.part in parts)
