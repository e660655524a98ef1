"""What users say of people, as rows: names, revisions, who is apart, and where faces are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.edits.payload import PersonState
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed

Apart = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person's row.

    Attributes:
        number: of the row.
        state: what users see of it.
        face_count: faces.

    """

    number: int
    state: PersonState
    face_count: int


@dataclass(frozen=True, slots=True)
class FaceRow:
    """Whose a face is.

    Attributes:
        person: number, 0 for nobody.
        pinned: whether a user said so.

    """

    person: int
    pinned: bool


def read_people(cursor: Cursor, numbers: Iterable[int]) -> dict[int, PersonRow]:
    """Return the people with these numbers who exist."""
    ids = listed(numbers)
    if not ids:
        return {}
    rows = cursor.execute(
        "SELECT number, face_count, id, display_name, hidden, revision, create_time, update_time FROM person "  # noqa: S608
        f"WHERE number IN ({ids})"
    ).fetchall()
    return {number: PersonRow(number, PersonState(*state), count) for number, count, *state in rows}


def find_people(cursor: Cursor, person_ids: Collection[str]) -> dict[str, PersonRow]:
    """Return the people with these ids who exist."""
    if not person_ids:
        return {}
    numbers = cursor.execute(
        "SELECT number FROM person WHERE id IN (SELECT unnest(?))", [sorted(person_ids)]
    ).fetchall()
    return {row.state.id: row for row in read_people(cursor, (number for (number,) in numbers)).values()}


def read_face_rows(cursor: Cursor, face_ids: Collection[int]) -> dict[int, FaceRow]:
    """Return whose these faces are, those that exist."""
    if not face_ids:
        return {}
    rows = cursor.execute(
        "SELECT id, person, pinned FROM face WHERE id BETWEEN ? AND ? AND id IN (SELECT unnest(?))",
        [min(face_ids), max(face_ids), list(face_ids)],
    ).fetchall()
    return {face: FaceRow(person, pinned) for face, person, pinned in rows}


def free_faces_since(cursor: Cursor, numbers: Iterable[int], last_face: int) -> list[int]:
    """Return the faces of people that came after `last_face` and that no user put there."""
    ids = listed(numbers)
    if not ids:
        return []
    rows = cursor.execute(
        f"SELECT id FROM face WHERE id > ? AND person IN ({ids}) AND NOT pinned ORDER BY id",  # noqa: S608
        [last_face],
    ).fetchall()
    return [row[0] for row in rows]


def newest_face(cursor: Cursor) -> int:
    """Return the highest id of a face, 0 if there is none."""
    (newest,) = cursor.execute("SELECT coalesce(max(id), 0) FROM face").fetchone() or (0,)
    return int(newest)


def read_apart(cursor: Cursor, numbers: Iterable[int]) -> Apart:
    """Return the pairs of people that are apart and that one of `numbers` is in."""
    ids = listed(numbers)
    if not ids:
        return frozenset()
    rows = cursor.execute(f"SELECT a, b FROM apart WHERE a IN ({ids}) OR b IN ({ids})").fetchall()  # noqa: S608
    return frozenset((int(low), int(high)) for low, high in rows)


def raise_revisions(cursor: Cursor, numbers: Iterable[int]) -> None:
    """Make people curated, and their etags new."""
    if ids := listed(numbers):
        cursor.execute(f"UPDATE person SET revision = revision + 1 WHERE number IN ({ids})")  # noqa: S608


def rename_people(cursor: Cursor, said: Mapping[int, tuple[str, bool]], now: datetime) -> None:
    """Give people a name and a visibility."""
    for number, (display_name, hidden) in said.items():
        cursor.execute(
            "UPDATE person SET display_name = ?, hidden = ?, update_time = ? WHERE number = ?",
            [display_name, hidden, now, number],
        )


def restore_people(cursor: Cursor, people: Sequence[tuple[int, PersonState]]) -> None:
    """Insert people who were gone, each with a new number; their faces and counts follow."""
    for number, state in people:
        cursor.execute(
            "INSERT INTO person (number, id, display_name, hidden, revision, create_time, update_time, face_count, "
            "image_count, cover_face_id, cover_score) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)",
            [
                number,
                state.id,
                state.display_name,
                state.hidden,
                state.revision + 1,
                state.create_time,
                state.update_time,
            ],
        )
