"""Whose faces are, as rows: the one thing of a face that changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed


@dataclass(frozen=True, slots=True)
class FaceOwner:
    """Whose a face is.

    Attributes:
        person_id: empty for nobody.
        pinned: whether a user put it there.
        display_name: of the person, which is nothing that the face could be told from another by.

    """

    person_id: str
    pinned: bool
    display_name: str = field(default="", compare=False)


def read_owners(cursor: Cursor, face_ids: Collection[int]) -> dict[int, FaceOwner]:
    """Return whose these faces are, by face, of those that exist; those in the trash don't."""
    return _read_owners(cursor, "face", face_ids)


def read_trashed_owners(cursor: Cursor, face_ids: Collection[int]) -> dict[int, FaceOwner]:
    """Return whose these faces were, by face, of those that are in the trash."""
    return _read_owners(cursor, "trashed_face", face_ids)


def read_all_owners(cursor: Cursor, face_ids: Collection[int]) -> dict[int, FaceOwner]:
    """Return whose these faces are, by face, of those that exist and of those in the trash."""
    return read_owners(cursor, face_ids) | read_trashed_owners(cursor, face_ids)


def read_unpinned(cursor: Cursor, person: int, *, after: int = 0) -> list[int]:
    """Return the faces of a person that no user put there, ascending; only those newer than the face `after`."""
    rows = cursor.execute(
        "SELECT id FROM face WHERE id > ? AND person = ? AND NOT pinned ORDER BY id", [after, person]
    ).fetchall()
    return [int(row[0]) for row in rows]


def read_beside(cursor: Cursor, homes: Mapping[int, int]) -> list[int]:
    """Return the other faces that show a person in one photo with one of `homes`, ascending, if no user put them there.

    Args:
        cursor: of the library.
        homes: the number of the person of each face, 0 for nobody, whosever it is by its row.

    """
    if not homes:
        return []
    rows = cursor.execute(
        "SELECT DISTINCT other.id FROM (SELECT unnest(?) AS id, unnest(?) AS person) AS home "
        "JOIN face ON face.id = home.id "
        "JOIN face AS other ON other.image_id = face.image_id AND other.person = home.person "
        "WHERE other.person <> 0 AND NOT other.pinned ORDER BY other.id",
        [list(homes.keys()), list(homes.values())],
    ).fetchall()
    return [int(row[0]) for row in rows if row[0] not in homes]


def pin_faces(cursor: Cursor, face_ids: Sequence[int], *, pinned: bool) -> None:
    """Note whether a user put faces where they are."""
    if face_ids:
        cursor.execute(
            f"UPDATE face SET pinned = ? WHERE id IN ({listed(face_ids)}) AND pinned <> ?",  # noqa: S608
            [pinned, pinned],
        )


def set_people(cursor: Cursor, face_ids: Sequence[int], people: Sequence[int]) -> None:
    """Give faces another person, by number."""
    if face_ids:
        cursor.execute(
            "UPDATE face SET person = change.person FROM (SELECT unnest(?) AS id, unnest(?) AS person) AS change "
            "WHERE face.id = change.id AND face.id BETWEEN ? AND ?",
            [list(face_ids), list(people), min(face_ids), max(face_ids)],
        )


def _read_owners(cursor: Cursor, table: str, face_ids: Collection[int]) -> dict[int, FaceOwner]:
    if not face_ids:
        return {}
    rows = cursor.execute(
        f"SELECT face.id, coalesce(person.id, ''), pinned, coalesce(display_name, '') FROM {table} AS face "  # noqa: S608
        "LEFT JOIN person ON person.number = face.person "
        "WHERE face.id BETWEEN ? AND ? AND face.id IN (SELECT unnest(?))",
        [min(face_ids), max(face_ids), list(face_ids)],
    ).fetchall()
    return {face: FaceOwner(*owner) for face, *owner in rows}
