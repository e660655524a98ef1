"""What is in a copy of a library."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.catalog.storage.database import Cursor
from services.catalog.storage.library_row import read_counts, read_library
from services.catalog.storage.schema import schema_version
from services.catalog.storage.tables import count_rows
from services.catalog.storage.transaction import utc_now


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a copy of a library.

    Attributes:
        time: of the moment that it is of.
        create_time: when the library was created.
        display_name: of the library; may be empty.
        image_count: images that were not in the trash.
        trashed_count: images that were.
        face_count: faces.
        person_count: people, hidden ones included.
        album_count: albums.
        embedding_space: of the faces; empty if there are none.
        schema: number of the last migration of the library's file.

    """

    time: datetime
    create_time: datetime
    display_name: str
    image_count: int
    trashed_count: int
    face_count: int
    person_count: int
    album_count: int
    embedding_space: str
    schema: int


def read_content(cursor: Cursor) -> Content:
    """Return what is in the library that `cursor` sees, as of now."""
    row, counts = read_library(cursor), read_counts(cursor)
    return Content(
        time=utc_now().replace(tzinfo=UTC),
        create_time=row.create_time.replace(tzinfo=UTC),
        display_name=row.display_name,
        image_count=counts.images,
        trashed_count=counts.trashed,
        face_count=counts.faces,
        person_count=counts.people,
        album_count=count_rows(cursor, "album"),
        embedding_space=row.embedding_space,
        schema=schema_version(cursor),
    )
