"""Faces that users rejected, as rows: they lie beside those of images in the trash, so that nobody sees them."""

from collections.abc import Collection
from typing import Final

from services.catalog.people.faces import Faces
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import FACE_COLUMNS
from services.catalog.storage.paging import listed
from services.catalog.storage.trash import take_back

_SELECT: Final = "SELECT face.id, delete_time IS NOT NULL FROM trashed_face AS face JOIN image ON image.id = image_id"
_WITHOUT_OWNER: Final = FACE_COLUMNS.removesuffix("pinned, person")


def reject_faces(cursor: Cursor, face_ids: Collection[int]) -> list[int]:
    """Put faces out of sight; return those, ascending, that were in it: all but those of images in the trash."""
    ids = listed(face_ids)
    if not ids:
        return []
    cursor.execute(f"UPDATE trashed_face SET rejected = true, pinned = false, person = 0 WHERE id IN ({ids})")  # noqa: S608
    cursor.execute(
        f"INSERT INTO trashed_face ({FACE_COLUMNS}, rejected) "  # noqa: S608 - names of ours
        f"SELECT {_WITHOUT_OWNER} false, 0, true FROM face WHERE id IN ({ids})"
    )
    return sorted(face for (face,) in cursor.execute(f"DELETE FROM face WHERE id IN ({ids}) RETURNING id").fetchall())  # noqa: S608


def accept_faces(cursor: Cursor, face_ids: Collection[int]) -> Faces:
    """Reject faces no more; return those that are in sight by that, with rows that are nobody's yet."""
    ids = listed(face_ids) or "NULL"
    in_sight = [face for face, trashed in read_rejected(cursor, face_ids).items() if not trashed]
    cursor.execute(f"UPDATE trashed_face SET rejected = false WHERE id IN ({ids})")  # noqa: S608
    return take_back(cursor, f"trashed_face.id IN ({listed(in_sight) or 'NULL'})")


def read_rejected(cursor: Cursor, face_ids: Collection[int]) -> dict[int, bool]:
    """Return those of the faces that are rejected, and whether their image is in the trash."""
    ids = listed(face_ids)
    if not ids:
        return {}
    rows = cursor.execute(f"{_SELECT} WHERE face.id IN ({ids}) AND rejected ORDER BY face.id").fetchall()
    return dict(rows)


def images_of_faces(cursor: Cursor, face_ids: Collection[int]) -> list[int]:
    """Return the images of faces, in sight or not, ascending."""
    ids = listed(face_ids)
    if not ids:
        return []
    rows = cursor.execute(
        f"SELECT image_id FROM face WHERE id IN ({ids}) UNION SELECT image_id FROM trashed_face WHERE id IN ({ids})"  # noqa: S608
    ).fetchall()
    return sorted(image for (image,) in rows)
