"""Images and their objects as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.filters import ImageFilter
from services.catalog.records import FaceRecord, ImageRecord, ObjectRecord, image_etag
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed, page_of_ids
from services.catalog.storage.people import find_person_number
from services.catalog.vocabulary import Box, DetectedObject, Exif, ImageAnalysis
from services.common.limits import MAX_SOURCES_PER_IMAGE

_COLUMNS: Final = (
    "id, sha256, file_name, content_type, size_bytes, width, height, capture_time, utc_offset_minutes, camera_make, "
    "camera_model, latitude, longitude, create_time, object_model, face_model"
)
_CHANGES: Final = "coalesce(update_time, create_time), coalesce(revision, 0)"
_INSERT_IMAGE: Final = f"INSERT INTO image ({_COLUMNS}, unplaced) VALUES ({', '.join('?' * 17)})"  # noqa: S608
_INSERT_OBJECTS: Final = (
    "INSERT INTO object (image_id, label_id, score, box_left, box_top, box_width, box_height) VALUES "
)
_OBJECT_VALUES: Final = "(?, ?, ?, ?, ?, ?, ?)"
_READ_OBJECTS: Final = (
    "SELECT image_id, label_id, score, box_left, box_top, box_width, box_height FROM object WHERE image_id IN ({0}) "
    "ORDER BY score DESC, label_id, box_left, box_top"
)
_READ_PLACES: Final = (
    "SELECT image_id, uri, file_name FROM source WHERE image_id IN ({0}) "
    "QUALIFY row_number() OVER (PARTITION BY image_id ORDER BY id DESC) <= ? ORDER BY id"
)
# Whether the image of a row meets one more condition; {0} is a table, {1} its column, {2} the parameter.
_ALSO: Final = "image_id IN (SELECT image_id FROM {0} WHERE {1} = ${2} AND image_id > $low AND image_id <= $high)"


def find_image_id(cursor: Cursor, sha256: str) -> int | None:
    """Return the id of an image, or None."""
    row = cursor.execute("SELECT id FROM image WHERE sha256 = ?", [sha256]).fetchone()
    return row[0] if row else None


def read_hashes(cursor: Cursor, image_ids: Collection[int]) -> dict[int, str]:
    """Return id -> SHA-256, of the images that exist."""
    ids = listed(image_ids)
    return dict(cursor.execute(f"SELECT id, sha256 FROM image WHERE id IN ({ids})").fetchall()) if ids else {}  # noqa: S608


def read_image_etag(cursor: Cursor, image_id: int) -> str:
    """Return the etag of an image that exists."""
    row = cursor.execute("SELECT sha256, coalesce(revision, 0) FROM image WHERE id = ?", [image_id]).fetchone()
    return image_etag(*row) if row else ""


def taken_at_once(cursor: Cursor, one: int, other: int) -> bool:
    """Return whether two images may be of the same moment: their capture times are equal, or one is unknown."""
    rows = cursor.execute("SELECT capture_time FROM image WHERE id IN (?, ?)", [one, other]).fetchall()
    times = {time for (time,) in rows if time is not None}
    return len(times) < 2  # noqa: PLR2004 - two different times


def insert_image(cursor: Cursor, image_id: int, analysis: ImageAnalysis, now: datetime) -> None:
    """Insert the image itself; `now` is naive UTC."""
    exif = analysis.exif
    cursor.execute(
        _INSERT_IMAGE,
        [
            image_id,
            analysis.sha256,
            analysis.source.file_name,
            analysis.mime_type,
            analysis.size_bytes,
            analysis.width,
            analysis.height,
            exif.capture_time,
            exif.utc_offset_minutes,
            exif.camera_make,
            exif.camera_model,
            exif.latitude,
            exif.longitude,
            now,
            analysis.object_model,
            analysis.face_model,
            not analysis.source.uri,
        ],
    )


def touch_images(cursor: Cursor, image_ids: Collection[int], now: datetime) -> None:
    """Note that what clients can change of images changed; `now` is naive UTC."""
    if ids := listed(image_ids):
        cursor.execute(
            f"UPDATE image SET revision = revision + 1, update_time = ? WHERE id IN ({ids})",  # noqa: S608
            [now],
        )


def insert_objects(cursor: Cursor, image_id: int, objects: Sequence[DetectedObject], label_ids: dict[str, int]) -> None:
    """Insert the objects of an image; `label_ids` has all their labels."""
    if not objects:
        return
    values: list[object] = []
    for found in objects:
        box = found.box
        values += [image_id, label_ids[found.label], found.score, box.left, box.top, box.width, box.height]
    cursor.execute(_INSERT_OBJECTS + ", ".join([_OBJECT_VALUES] * len(objects)), values)


def ensure_labels(cursor: Cursor, labels: set[str], known: dict[str, int]) -> dict[str, int]:
    """Return the ids of all labels, `known` and others; inserts those of `labels` that are not known."""
    if labels <= known.keys():
        return known
    new = sorted(labels - known.keys())
    ids = known | {label: len(known) + 1 + position for position, label in enumerate(new)}
    values = [value for label in new for value in (ids[label], label)]
    cursor.execute(f"INSERT INTO label (id, name) VALUES {', '.join(['(?, ?)'] * len(new))}", values)  # noqa: S608
    return ids


def read_labels(cursor: Cursor) -> dict[str, int]:
    """Return the id of every label."""
    return dict(cursor.execute("SELECT name, id FROM label").fetchall())


def page_of_images(
    cursor: Cursor, image_filter: ImageFilter, after: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Return the ids of up to `limit` images above the id `after`, ascending, and the next `after`."""
    conditions = _conditions(cursor, image_filter)
    if conditions is None:
        return [], None
    if not conditions:
        return page_of_ids(cursor, "image", "true", {}, after, limit)
    # The first condition's table drives the search, the others only confirm what it finds.
    (table, column, value), *others = conditions
    terms, values = [f"{column} = $value"], {"value": value}
    for position, (other_table, other_column, other_value) in enumerate(others):
        terms.append(_ALSO.format(other_table, other_column, f"value{position}"))
        values[f"value{position}"] = other_value
    return page_of_ids(cursor, table, " AND ".join(terms), values, after, limit, key="image_id")


def delete_image_rows(cursor: Cursor, image_ids: Collection[int]) -> None:
    """Delete images, their sources, objects and faces."""
    if ids := listed(image_ids):
        for table, column in (("object", "image_id"), ("face", "image_id"), ("source", "image_id"), ("image", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({ids})")  # noqa: S608


def read_images(
    cursor: Cursor, image_ids: Sequence[int], faces: Mapping[int, Sequence[FaceRecord]]
) -> tuple[ImageRecord, ...]:
    """Return images in the order of `image_ids`, leaving out those that do not exist; `faces` has those of each."""
    if not image_ids:
        return ()
    places = _places(cursor, image_ids)
    objects = _objects(cursor, image_ids)
    rows = cursor.execute(
        f"SELECT {_COLUMNS}, {_CHANGES} FROM image WHERE id IN ({listed(image_ids)})"  # noqa: S608
    ).fetchall()
    images = {}
    for row in rows:
        image_id = row[0]
        images[image_id] = _image(row, places[image_id], objects[image_id], faces.get(image_id, ()))
    return tuple(images[image_id] for image_id in image_ids if image_id in images)


def _conditions(cursor: Cursor, image_filter: ImageFilter) -> list[tuple[str, str, int]] | None:
    """Return the filter as (table, column, value), each to hold for a row of the image; None if no image can match."""
    conditions: list[tuple[str, str, int]] = []
    if image_filter.person_id is not None:
        number = find_person_number(cursor, image_filter.person_id)
        if number is None:
            return None
        # First, since a person has fewer rows than a label.
        conditions.append(("face", "person", number))
    if image_filter.labels:
        known = read_labels(cursor)
        if not set(image_filter.labels) <= known.keys():
            return None
        label_ids = sorted({known[label] for label in image_filter.labels})
        conditions += [("object", "label_id", label_id) for label_id in label_ids]
    return conditions


def _places(cursor: Cursor, image_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return uri and file name of the newest places of each image, oldest first."""
    places: dict[int, list[tuple[str, str]]] = defaultdict(list)
    ids = listed(image_ids)
    for image_id, uri, file_name in cursor.execute(_READ_PLACES.format(ids), [MAX_SOURCES_PER_IMAGE]).fetchall():
        places[image_id].append((uri, file_name))
    return places


def _objects(cursor: Cursor, image_ids: Sequence[int]) -> dict[int, list[ObjectRecord]]:
    """Return the objects of each image, best score first."""
    label_names = {label_id: name for name, label_id in read_labels(cursor).items()}
    objects: dict[int, list[ObjectRecord]] = defaultdict(list)
    for image_id, label_id, score, *box in cursor.execute(_READ_OBJECTS.format(listed(image_ids))).fetchall():
        objects[image_id].append(ObjectRecord(label_names[label_id], score, Box(*box)))
    return objects


def _image(
    row: tuple[Any, ...],
    places: Sequence[tuple[str, str]],
    objects: Sequence[ObjectRecord],
    faces: Sequence[FaceRecord],
) -> ImageRecord:
    _, sha256, first_name, mime_type, size_bytes, width, height, *exif, create_time, object_model, face_model = row[:16]
    update_time, revision = row[16:]
    # A file that was renamed is known by its new name; a place without a name says nothing.
    names = [name for _, name in places if name] or [first_name]
    return ImageRecord(
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
        objects=tuple(objects),
        faces=tuple(faces),
        object_model=object_model,
        face_model=face_model,
    )
