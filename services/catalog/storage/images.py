"""Images and their objects as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.catalog.records import image_etag
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed
from services.catalog.storage.statements import fetch
from services.catalog.vocabulary import DetectedObject, ImageAnalysis

_COLUMNS: Final = (
    "id, sha256, file_name, content_type, size_bytes, width, height, capture_time, utc_offset_minutes, camera_make, "
    "camera_model, latitude, longitude, create_time, object_model, face_model"
)
_INSERT_IMAGE: Final = f"INSERT INTO image ({_COLUMNS}, unplaced) VALUES ({', '.join('?' * 17)})"  # noqa: S608
_INSERT_OBJECTS: Final = (
    "INSERT INTO object (image_id, label_id, score, box_left, box_top, box_width, box_height) VALUES "
)
_OBJECT_VALUES: Final = "(?, ?, ?, ?, ?, ?, ?)"


def find_image_id(cursor: Cursor, sha256: str) -> int | None:
    """Return the id of an image, or None."""
    rows = fetch(cursor, "SELECT id FROM image WHERE sha256 = ?", [sha256])
    return rows[0][0] if rows else None


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


def delete_image_rows(cursor: Cursor, image_ids: Collection[int]) -> None:
    """Delete images, their sources, objects and faces."""
    if ids := listed(image_ids):
        for table, column in (("object", "image_id"), ("face", "image_id"), ("source", "image_id"), ("image", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({ids})")  # noqa: S608
