"""The one row of the library itself: its name, how it clusters, its embedding space, and the ids it gave away."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

import structlog

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch

_log = structlog.get_logger()


@unique
class Counter(StrEnum):
    """Which ids a library counts; the value is the column of the next free one."""

    IMAGES = "next_image_id"
    FACES = "next_face_id"
    SOURCES = "next_source_id"
    PEOPLE = "next_person"
    EDITS = "next_edit_id"
    ALBUMS = "next_album"
    FOLDERS = "next_folder"


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """What a library knows of itself.

    Attributes:
        display_name: for people to read; may be empty.
        create_time: naive UTC.
        update_time: when its own fields last changed, naive UTC.
        embedding_space: of its faces; empty until the first.

    """

    display_name: str
    create_time: datetime
    update_time: datetime
    embedding_space: str


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was erased of a library's rows.

    Attributes:
        count: transactions that erased something, ever.
        since: when the first of them was whose bytes may still be in the file, naive UTC; None if there is none.

    """

    count: int
    since: datetime | None


def insert_library(cursor: Cursor, display_name: str, parameters: ClusteringParameters, now: datetime) -> None:
    """Insert the row of a new library; `now` is naive UTC."""
    cursor.execute(
        "INSERT INTO library (display_name, create_time, update_time, eps, min_samples, min_quality, embedding_space, "
        "next_image_id, next_face_id, next_source_id, next_person, next_edit_id) "
        "VALUES (?, ?, ?, ?, ?, ?, '', 1, 1, 1, 1, 1)",
        [display_name, now, now, parameters.eps, parameters.min_samples, parameters.min_quality],
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a library holds; only `trashed` counts images in the trash, `ungrouped` counts faces of nobody."""

    images: int
    faces: int
    people: int
    trashed: int = 0
    ungrouped: int = 0


def read_counts(cursor: Cursor) -> Counts:
    """Return how many images, faces and people there are, without those in the trash."""
    row = cursor.execute(
        "SELECT (SELECT count(*) FROM image WHERE delete_time IS NULL), (SELECT count(*) FROM face), "
        "(SELECT count(*) FROM person WHERE face_count > 0), (SELECT count(delete_time) FROM image), "
        "(SELECT count(*) FROM face WHERE person = 0)"
    ).fetchone()
    return Counts(*row) if row else Counts(0, 0, 0)


def has_library(cursor: Cursor) -> bool:
    """Return whether the file holds a library already."""
    return cursor.execute("SELECT 1 FROM library").fetchone() is not None


def read_library(cursor: Cursor) -> LibraryRow:
    """Return the library's own fields."""
    row = cursor.execute(
        "SELECT display_name, create_time, coalesce(update_time, create_time), embedding_space FROM library"
    ).fetchone()
    if row is None:
        raise AssertionError("a library always has its row")
    return LibraryRow(*row)


def write_display_name(cursor: Cursor, display_name: str, now: datetime) -> None:
    """Set the name of the library; `now` is naive UTC."""
    cursor.execute("UPDATE library SET display_name = ?, update_time = ?", [display_name, now])


def read_erasures(cursor: Cursor) -> Erasures:
    """Return what was erased."""
    rows = fetch(cursor, "SELECT erasures, erase_time FROM library")
    return Erasures(*rows[0]) if rows else Erasures(0, None)


def read_space(cursor: Cursor) -> str:
    """Return the embedding space of the library, empty until its first face."""
    rows = fetch(cursor, "SELECT embedding_space FROM library")
    return str(rows[0][0]) if rows else ""


def write_space(cursor: Cursor, space: str) -> None:
    """Set the embedding space of the library."""
    cursor.execute("UPDATE library SET embedding_space = ?", [space])


def read_parameters(cursor: Cursor) -> ClusteringParameters:
    """Return how the library clusters; what lies outside of the bounds of today is brought to the nearest bound."""
    row = cursor.execute("SELECT eps, min_samples, min_quality FROM library").fetchone()
    if row is None:
        return ClusteringParameters()
    parameters = ClusteringParameters.clamped(*row)
    used = (parameters.eps, parameters.min_samples, parameters.min_quality)
    if used != row:
        _log.warning("parameters_clamped", stored=row, used=used)
    return parameters


def write_parameters(cursor: Cursor, parameters: ClusteringParameters, now: datetime) -> None:
    """Set how the library clusters; `now` is naive UTC."""
    cursor.execute(
        "UPDATE library SET eps = ?, min_samples = ?, min_quality = ?, update_time = ?",
        [parameters.eps, parameters.min_samples, parameters.min_quality, now],
    )


def read_counter(cursor: Cursor, counter: Counter) -> int:
    """Return the next free id."""
    row = cursor.execute(f"SELECT {counter.value} FROM library").fetchone()  # noqa: S608 - a name of ours
    return int(row[0]) if row else 1


def write_counter(cursor: Cursor, counter: Counter, next_id: int) -> None:
    """Set the next free id."""
    cursor.execute(f"UPDATE library SET {counter.value} = ?", [next_id])  # noqa: S608 - a name of ours
