"""Images as records, read by one query of each table that is asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.image_statements import Statements
from services.catalog.parts import ImageParts
from services.catalog.records import FaceRecord, ImageRecord, ObjectRecord, Page
from services.catalog.storage.album_images import albums_of_images
from services.catalog.storage.columns import Columns
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_records import faces_of_images
from services.catalog.storage.known import Known
from services.catalog.storage.packed_objects import unpack_objects
from services.catalog.storage.paging import TINY_ROWS, Rows, page_of_rows, rows_among, rows_near
from services.catalog.storage.previews import read_previews
from services.catalog.storage.statements import fetch
from services.catalog.storage.statements_of_images import read_tags
from services.catalog.vocabulary import Exif
from services.common.limits import MAX_SOURCES_PER_IMAGE

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST: Final = f"QUALIFY row_number() OVER (PARTITION BY image_id ORDER BY id DESC) <= {MAX_SOURCES_PER_IMAGE}"
# Telling the newest apart takes longer than reading a page of images, few of which have more than one place.
_MANY: Final = 10 * MAX_SOURCES_PER_IMAGE
# Rows begin with the id.
_COLUMNS: Final = Columns(
    ("sha256",),
    {
        ImageParts.OBJECTS: {"objects": ""},
        ImageParts.FILE: {
            "content_type": "", "size_bytes": 0, "width": 0, "height": 0, "create_time": _EPOCH,
            "coalesce(update_time, create_time)": _EPOCH, "coalesce(revision, 0)": 0, "object_model": "",
            "face_model": "",
        },
        ImageParts.PLACES: {"file_name": ""},
        ImageParts.EXIF: dict.fromkeys(
            ("capture_time", "utc_offset_minutes", "camera_make", "camera_model", "latitude", "longitude")
        ),
        ImageParts.STATEMENTS: {
            "favorite": False, "rating": 0, "description": "", "tagged": False, "delete_time": None, "purge_time": None,
        },
    },
)  # fmt: skip
# Where `tagged` is among the columns of all parts.
_TAGGED: Final = -3


def find_image(cursor: Cursor, known: Known, sha256: str, parts: ImageParts) -> ImageRecord | None:
    """Return the image with these bytes, or None."""
    rows = fetch(cursor, f"SELECT id, {_COLUMNS.sql(parts)} FROM image WHERE sha256 = ?", [sha256])  # noqa: S608
    records = _records(cursor, known, rows, parts)
    return records[0] if records else None


def page_of_images(
    cursor: Cursor, known: Known, parts: ImageParts, after: int | None, limit: int
) -> Page[ImageRecord, int]:
    """Return up to `limit` images above the id `after`, ascending, without those in the trash."""
    rows = page_of_rows(cursor, "image", _COLUMNS.sql(parts), after or 0, limit + 1, "delete_time IS NULL")
    images = _records(cursor, known, rows[:limit], parts)
    keys = tuple(row[0] for row in rows[:limit])
    return Page(images, keys, keys[-1] if len(rows) > limit else None)


def find_images(cursor: Cursor, known: Known, image_ids: Sequence[int], parts: ImageParts) -> dict[int, ImageRecord]:
    """Return id -> image, of those that exist."""
    rows = rows_among(cursor, "image", _COLUMNS.sql(parts), "id", image_ids)
    return dict(zip((row[0] for row in rows), _records(cursor, known, rows, parts), strict=True))


def _records(cursor: Cursor, known: Known, rows: Rows, parts: ImageParts) -> tuple[ImageRecord, ...]:
    """Return the images of rows, in their order."""
    hashes = {row[0]: row[1] for row in rows}
    places = _places(cursor, hashes) if ImageParts.PLACES in parts else {}
    faces = faces_of_images(cursor, known, hashes) if ImageParts.FACES in parts else {}
    albums = albums_of_images(cursor, hashes) if ImageParts.ALBUMS in parts else {}
    previews = read_previews(cursor, hashes) if ImageParts.PREVIEW in parts else {}
    whole = list(_COLUMNS.complete(rows, parts))
    # Few images have tags, and a query costs more than its rows.
    tags = read_tags(cursor, [row[0] for row in whole if row[_TAGGED]])
    objects = {row[0]: list(unpack_objects(row[2])) for row in whole}
    labels = known.labels(cursor, {label for found in objects.values() for label, *_ in found})
    images = []
    for row in whole:
        seen = tuple(ObjectRecord(labels[label], score, box) for label, score, box in objects[row[0]])
        image = _image(
            row, seen, places.get(row[0], ()), faces.get(row[0], ()), tags.get(row[0], ()), albums.get(row[0], ())
        )
        images.append(replace(image, preview=previews[row[0]]) if row[0] in previews else image)
    return tuple(images)


def _places(cursor: Cursor, image_ids: Mapping[int, str]) -> dict[int, list[tuple[str, str]]]:
    """Return uri and file name of the newest places of each image, oldest first."""
    places: dict[int, list[tuple[str, str]]] = defaultdict(list)
    columns = "id, uri, file_name"
    rows = rows_near(cursor, "source", columns, "image_id", image_ids, f"LIMIT {_MANY}", dense=TINY_ROWS)
    if len(rows) >= _MANY:
        rows = rows_near(cursor, "source", columns, "image_id", image_ids, _NEWEST, dense=TINY_ROWS)
    for image_id, _, uri, file_name in sorted(rows):
        places[image_id].append((uri, file_name))
    return {image_id: held[-MAX_SOURCES_PER_IMAGE:] for image_id, held in places.items()}


def _image(
    row: tuple[Any, ...],
    objects: tuple[ObjectRecord, ...],
    places: Sequence[tuple[str, str]],
    faces: Sequence[FaceRecord],
    tags: tuple[str, ...],
    albums: Sequence[str],
) -> ImageRecord:
    number, sha256, _, mime_type, size_bytes, width, height, create_time, update_time, *rest = row
    revision, object_model, face_model, first_name, *rest = rest
    *exif, favorite, rating, description, _, delete_time, purge_time = rest
    # A file that was renamed is known by its new name; a place without a name says nothing.
    names = [name for _, name in places if name] or [first_name]
    return ImageRecord(
        number=number,
        sha256=sha256,
        file_name=names[-1],
        source_uris=tuple(uri for uri, _ in places),
        mime_type=mime_type,
        size_bytes=size_bytes,
        width=width,
        height=height,
        exif=Exif(*exif),
        create_time=create_time.replace(tzinfo=UTC),
        update_time=update_time.replace(tzinfo=UTC),
        revision=revision,
        objects=objects,
        faces=tuple(faces),
        object_model=object_model,
        face_model=face_model,
        albums=tuple(albums),
        statements=Statements(favorite, rating, description, tags),
        delete_time=None if delete_time is None else delete_time.replace(tzinfo=UTC),
        purge_time=None if purge_time is None else purge_time.replace(tzinfo=UTC),
    )
