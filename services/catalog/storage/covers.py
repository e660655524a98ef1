"""The faces that lists show people by."""

from collections.abc import Sequence
from dataclasses import replace

from services.catalog.person_record import PersonRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import read_thumbnails


def with_covers(cursor: Cursor, people: Sequence[PersonRecord]) -> tuple[PersonRecord, ...]:
    """Return people with the thumbnails of their cover faces, which take one query for all."""
    thumbnails = read_thumbnails(cursor, [person.cover_face_id for person in people])
    return tuple(replace(person, cover_thumbnail=thumbnails.get(person.cover_face_id)) for person in people)
