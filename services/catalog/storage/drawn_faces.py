"""Faces that users draw by hand, as rows: like all others but for who found them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services.catalog.people.roster import NOBODY
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import FACE_COLUMNS, NewFace, face_row
from services.catalog.storage.paging import listed
from services.catalog.storage.statements import fetch, insert


@dataclass(frozen=True, slots=True)
class Ground:
    """An image that a face may be drawn on.

    Attributes:
        image_id: of the image.
        width: of the upright image, in pixels.
        height: of the upright image, in pixels.
        taken: day on which it was taken, by the camera's clock; None if that does not say.
        trashed: whether it is in the trash.
        faces: how many it has, those included that were rejected.

    """

    image_id: int
    width: int
    height: int
    taken: date | None
    trashed: bool
    faces: int


def read_ground(cursor: Cursor, image_id: int) -> Ground:
    """Return an image that exists as what a face is drawn on."""
    (row,) = fetch(
        cursor,
        "SELECT width, height, capture_time::DATE, delete_time IS NOT NULL, "
        "(SELECT count(*) FROM face WHERE image_id = image.id) "
        "+ (SELECT count(*) FROM trashed_face WHERE image_id = image.id) FROM image WHERE id = ?",
        [image_id],
    )
    return Ground(image_id, *row)


def insert_face(cursor: Cursor, face: NewFace) -> None:
    """Insert one face, which is nobody's yet."""
    insert(cursor, "face", FACE_COLUMNS, [(*face_row(face), NOBODY)])


def delete_faces(cursor: Cursor, face_ids: Collection[int]) -> list[int]:
    """Delete faces, in sight or not; return those, ascending, that were in it."""
    ids = listed(face_ids)
    if not ids:
        return []
    cursor.execute(f"DELETE FROM trashed_face WHERE id IN ({ids})")  # noqa: S608
    return sorted(face for (face,) in cursor.execute(f"DELETE FROM face WHERE id IN ({ids}) RETURNING id").fetchall())  # noqa: S608


def drawn_among(cursor: Cursor, face_ids: Collection[int]) -> frozenset[int]:
    """Return those of the faces in sight that users drew."""
    ids = listed(face_ids)
    if not ids:
        return frozenset()
    rows = cursor.execute(f"SELECT id FROM face WHERE drawn AND id IN ({ids})").fetchall()  # noqa: S608
    return frozenset(face for (face,) in rows)


def taken_together(cursor: Cursor, one: int, other: int) -> bool:
    """Return whether two images are of the same moment: both tell when they were taken, and it is the same."""
    ((times, known),) = fetch(
        cursor,
        "SELECT count(DISTINCT capture_time), count(capture_time) FROM image WHERE id = ANY($ids)",
        {"ids": [one, other]},
    )
    return bool(times == 1 and known == 2)  # noqa: PLR2004 - both
