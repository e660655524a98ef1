"""People as rows."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.records import Page, PersonRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_ID_CHARS: Final = 12
_COLUMNS: Final = "id, display_name, hidden, cover_face_id, face_count, image_count, create_time, update_time, revision"
_COUNT: Final = """
UPDATE person SET face_count = s.faces, image_count = s.images, cover_face_id = s.cover, cover_score = s.best
FROM (
    SELECT person AS number, count(*) AS faces, count(DISTINCT image_id) AS images, max(score) AS best,
        arg_max(id, (score, -id)) AS cover
    FROM face WHERE person IN ({0}) GROUP BY person
) AS s
WHERE person.number = s.number AND person.number IN ({0})
"""
_GROW: Final = """
UPDATE person SET face_count = face_count + $faces, image_count = image_count + 1,
    cover_face_id = CASE WHEN $score > cover_score THEN $face ELSE cover_face_id END,
    cover_score = greatest(cover_score, $score)
WHERE number = $number
"""


def insert_people(cursor: Cursor, numbers: Sequence[int], now: datetime) -> None:
    """Insert new people with fresh ids; `recount_people` fills in their counts."""
    for number in numbers:
        person_id = _new_id(cursor)
        cursor.execute(
            "INSERT INTO person VALUES (?, ?, '', false, 0, ?, ?, 0, 0, 0, 0)", [number, person_id, now, now]
        )


def grow_person(cursor: Cursor, number: int, new_faces: Sequence[tuple[float, int]]) -> None:
    """Count faces of one new image, given as (score, id), for a person who has faces already and loses none."""
    score, face = max(new_faces, key=lambda new: (new[0], -new[1]))
    cursor.execute(_GROW, {"faces": len(new_faces), "score": score, "face": face, "number": number})


def recount_people(cursor: Cursor, numbers: Iterable[int]) -> None:
    """Count the faces and images of people anew and choose their covers."""
    if ids := listed(numbers):
        cursor.execute(_COUNT.format(ids))


def delete_people(cursor: Cursor, numbers: Iterable[int]) -> None:
    """Delete people."""
    if ids := listed(numbers):
        cursor.execute(f"DELETE FROM person WHERE number IN ({ids})")  # noqa: S608


def read_person_ids(cursor: Cursor, numbers: Iterable[int]) -> dict[int, str]:
    """Return number -> id."""
    ids = listed(numbers)
    return dict(cursor.execute(f"SELECT number, id FROM person WHERE number IN ({ids})").fetchall()) if ids else {}  # noqa: S608


def read_curated(cursor: Cursor) -> list[int]:
    """Return the numbers of the people whom users changed."""
    return [int(number) for (number,) in cursor.execute("SELECT number FROM person WHERE revision > 0").fetchall()]


def find_person_number(cursor: Cursor, person_id: str) -> int | None:
    """Return the number of a person, or None."""
    row = cursor.execute("SELECT number FROM person WHERE id = ?", [person_id]).fetchone()
    return row[0] if row else None


def read_person(cursor: Cursor, person_id: str) -> PersonRecord | None:
    """Return a person, or None."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM person WHERE id = ?", [person_id]).fetchone()  # noqa: S608
    return _person(row) if row else None


def read_people(cursor: Cursor, numbers: Iterable[int]) -> dict[int, PersonRecord]:
    """Return number -> person, of those who exist."""
    ids = listed(numbers)
    if not ids:
        return {}
    rows = cursor.execute(f"SELECT number, {_COLUMNS} FROM person WHERE number IN ({ids})").fetchall()  # noqa: S608
    return {row[0]: _person(row[1:]) for row in rows}


def write_statement(cursor: Cursor, person_id: str, display_name: str, now: datetime, *, hidden: bool) -> int:
    """Store what a user said of a person; return the person's number."""
    (number,) = cursor.execute(
        "UPDATE person SET display_name = ?, hidden = ?, update_time = ?, revision = revision + 1 WHERE id = ? "
        "RETURNING number",
        [display_name, hidden, now, person_id],
    ).fetchone() or (0,)
    return int(number)


def page_of_people(
    cursor: Cursor, *, include_hidden: bool, after: tuple[int, str] | None, limit: int
) -> Page[PersonRecord, tuple[int, str]]:
    """Return people by (face_count descending, id)."""
    conditions, values = ["true" if include_hidden else "NOT hidden"], list[object]()
    if after is not None:
        conditions.append("(face_count < ? OR (face_count = ? AND id > ?))")
        values += [after[0], after[0], after[1]]
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM person WHERE {' AND '.join(conditions)} ORDER BY face_count DESC, id LIMIT ?",  # noqa: S608
        [*values, limit + 1],
    ).fetchall()
    people = tuple(_person(row) for row in rows[:limit])
    return Page(people, (people[-1].face_count, people[-1].id) if len(rows) > limit else None)


def _person(row: tuple[Any, ...]) -> PersonRecord:
    person_id, display_name, hidden, cover_face_id, face_count, image_count, create_time, update_time, revision = row
    return PersonRecord(
        id=person_id,
        display_name=display_name,
        hidden=hidden,
        cover_face_id=cover_face_id,
        face_count=face_count,
        image_count=image_count,
        create_time=create_time.replace(tzinfo=UTC),
        update_time=update_time.replace(tzinfo=UTC),
        etag=hashlib.sha256(f"{person_id}/{revision}".encode()).hexdigest()[:16],
    )


def _new_id(cursor: Cursor) -> str:
    while True:
        person_id = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARS))
        if find_person_number(cursor, person_id) is None:
            return person_id
