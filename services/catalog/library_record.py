"""What a library tells of itself."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.catalog.clustering.kept_vectors import kept_bytes
from services.catalog.records import LibraryRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.file_size import size_on_disk
from services.catalog.storage.folders import count_watched
from services.catalog.storage.library_row import read_counts, read_erasures, read_library, read_parameters
from services.catalog.storage.snapshots import read_token
from services.catalog.storage.trash import next_purge


def read_record(cursor: Cursor, library_id: str, path: Path) -> LibraryRecord:
    """Return the own fields, counts and sizes of the library whose file is at `path`."""
    row, counts, parameters = read_library(cursor), read_counts(cursor), read_parameters(cursor)
    token = read_token(cursor)
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
        eps=parameters.eps,
        min_samples=parameters.min_samples,
        min_quality=parameters.min_quality,
        watched_folders=count_watched(cursor),
        file_bytes=size_on_disk(path),
        # Small libraries have none, and whoever lists a thousand of them is not to look for one of each.
        faces_folder_bytes=kept_bytes(path, token) if token else 0,
    )


def with_sizes(record: LibraryRecord, path: Path) -> LibraryRecord:
    """Return the record of a library that was closed since, which may have changed what is on the disk."""
    return replace(record, file_bytes=size_on_disk(path), faces_folder_bytes=kept_bytes(path))


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)
