"""What a library tells of itself."""

import hashlib
from datetime import UTC, datetime

from services.catalog.records import LibraryRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.library_row import read_counts, read_erasures, read_library
from services.catalog.storage.trash import next_purge


def read_record(cursor: Cursor, library_id: str) -> LibraryRecord:
    """Return the library's own fields and counts."""
    row, counts = read_library(cursor), read_counts(cursor)
    return LibraryRecord(
        id=library_id,
        display_name=row.display_name,
        create_time=row.create_time.replace(tzinfo=UTC),
        update_time=row.update_time.replace(tzinfo=UTC),
        image_count=counts.images,
        face_count=counts.faces,
        person_count=counts.people,
        trashed_count=counts.trashed,
        ungrouped_count=counts.ungrouped,
        embedding_space=row.embedding_space,
        etag=hashlib.sha256(repr((row, counts)).encode()).hexdigest()[:16],
        erase_time=_aware(read_erasures(cursor).since),
        purge_time=_aware(next_purge(cursor)),
    )


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)
