"""Images and their objects as rows."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from services.catalog.events import Resource
from services.catalog.records import image_etag
from services.catalog.storage.database import Cursor
from services.catalog.storage.packed_objects import pack_objects
from services.catalog.storage.paging import listed
from services.catalog.storage.statements import fetch
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import ImageAnalysis
from services.common.errors import AbortedError, Reason

IMAGE_COLUMNS: Final = (
    "id, sha256, file_name, content_type, size_bytes, width, height, capture_time, utc_offset_minutes, camera_make, "
    "camera_model, latitude, longitude, create_time, object_model, face_model, unplaced, objects"
)
LABEL_COLUMNS: Final = "image_id, label_id, score"


def find_image_id(cursor: Cursor, sha256: str) -> int | None:
    """Return the id of an image, or None."""
    rows = fetch(cursor, "SELECT id FROM image WHERE sha256 = ?", [sha256])
    return rows[0][0] if rows else None


def find_image_ids(cursor: Cursor, hashes: Collection[str]) -> dict[str, int]:
    """Return SHA-256 -> id, of the images that exist, those in the trash too."""
    if len(hashes) == 1:
        ids = {sha256: find_image_id(cursor, sha256) for sha256 in hashes}
        return {sha256: image_id for sha256, image_id in ids.items() if image_id is not None}
    return dict(fetch(cursor, "SELECT sha256, id FROM image WHERE sha256 = ANY($hashes)", {"hashes": sorted(hashes)}))


def read_hashes(cursor: Cursor, image_ids: Collection[int]) -> dict[int, str]:
    """Return id -> SHA-256, of the images that exist."""
    ids = listed(image_ids)
    return dict(cursor.execute(f"SELECT id, sha256 FROM image WHERE id IN ({ids})").fetchall()) if ids else {}  # noqa: S608


def read_image_etag(cursor: Cursor, image_id: int) -> str:
    """Return the etag of an image that exists."""
    row = cursor.execute("SELECT sha256, coalesce(revision, 0) FROM image WHERE id = ?", [image_id]).fetchone()
    return image_etag(*row) if row else ""


def check_image_etag(cursor: Cursor, library_id: str, image_id: int, etag: str) -> None:
    """Refuse to change an image that exists and has another etag than `etag`, unless that is empty.

    Raises:
        AbortedError: ETAG_MISMATCH.

    """
    if etag and etag != read_image_etag(cursor, image_id):
        (sha256,) = read_hashes(cursor, [image_id]).values()
        raise AbortedError(
            Reason.ETAG_MISMATCH,
            "The image has changed since you got its etag. Get it again, then repeat.",
            resource=f"libraries/{library_id}/images/{sha256}",
        )


def taken_at_once(cursor: Cursor, one: int, other: int) -> bool:
    """Return whether two images may be of the same moment: their capture times are equal, or one is unknown."""
    rows = cursor.execute("SELECT capture_time FROM image WHERE id IN (?, ?)", [one, other]).fetchall()
    times = {time for (time,) in rows if time is not None}
    return len(times) < 2  # noqa: PLR2004 - two different times


def touch_images(cursor: Cursor, image_ids: Collection[int], now: datetime) -> None:
    """Note that what clients can change of images changed; `now` is naive UTC."""
    if ids := listed(image_ids):
        cursor.execute(
            f"UPDATE image SET revision = revision + 1, update_time = ? WHERE id IN ({ids})",  # noqa: S608
            [now],
        )


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


def delete_image_rows(transaction: Transaction, image_ids: Collection[int]) -> None:
    """Delete images with all that is known and was said of them, be they in the trash or not; tell those who watch."""
    if ids := listed(image_ids):
        for table in ("image_label", "image_tag", "album_image", "face", "trashed_face", "source", "preview"):
            transaction.cursor.execute(f"DELETE FROM {table} WHERE image_id IN ({ids})")  # noqa: S608
        transaction.cursor.execute(f"UPDATE album SET cover_image_id = 0 WHERE cover_image_id IN ({ids})")  # noqa: S608
        deleted = transaction.cursor.execute(f"DELETE FROM image WHERE id IN ({ids}) RETURNING id, sha256")  # noqa: S608
        transaction.note_gone(Resource.IMAGE, dict(deleted.fetchall()))


def image_row(
    image_id: int, analysis: ImageAnalysis, label_ids: Mapping[str, int], now: datetime
) -> tuple[object, ...]:
    """Return an image with its objects as `IMAGE_COLUMNS`; `label_ids` has all labels, and `now` is naive UTC."""
    exif = analysis.exif
    return (
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
        pack_objects(analysis.objects, label_ids),
    )


def label_rows(image_id: int, analysis: ImageAnalysis, label_ids: Mapping[str, int]) -> list[tuple[object, ...]]:
    """Return the labels of an image as `LABEL_COLUMNS`, once each, with the best score of its objects."""
    best: dict[int, float] = {}
    for found in analysis.objects:
        label = label_ids[found.label]
        best[label] = max(found.score, best.get(label, 0))
    return [(image_id, label, best[label]) for label in sorted(best)]
