"""People as rows: who they are, what users said of them, and what their faces add up to."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.people.counts import PersonCounts
from services.catalog.person_record import PersonRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import TINY_ROWS, listed, rows_among
from services.catalog.storage.statements import fetch, insert, run

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_ID_CHARS: Final = 12
PERSON_COLUMNS: Final = (
    "id, number, display_name, hidden, revision, cover_face_id, face_count, image_count, create_time, update_time, "
    "favorite, birth_date, chosen_cover_id"
)
_MANY_NAMES: Final = 1_000
_SELECT: Final = f"SELECT {PERSON_COLUMNS} FROM person"  # noqa: S608 - names of ours
_ALL_COLUMNS: Final = (
    "number, id, display_name, hidden, revision, create_time, update_time, face_count, image_count, cover_face_id, "
    "cover_score"
)
_SAID_COLUMNS: Final = "favorite, birth_date, chosen_cover_id"
_COUNT_ONE: Final = (
    "UPDATE person SET face_count = ?, image_count = ?, cover_face_id = ?, cover_score = ? WHERE number = ?"
)
_COUNT: Final = """
UPDATE person SET face_count = s.faces, image_count = s.images, cover_face_id = s.cover, cover_score = s.score
FROM (
    SELECT unnest(?) AS faces, unnest(?) AS images, unnest(?) AS cover, unnest(?) AS score, unnest(?) AS number
) AS s
WHERE person.number = s.number
"""


def new_person_id() -> str:
    """Return an id that nobody has: one in 10 ** 18 that are as likely."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARS))


def insert_people(cursor: Cursor, people: Iterable[tuple[int, str, datetime, PersonCounts | None]]) -> None:
    """Insert new people: number, id, when they were created, naive UTC, and what their faces add up to, if they have.

    `write_counts` fills in the rest.
    """
    rows = [
        (number, person_id, "", False, 0, created, created, *((0, 0, 0, 0) if counts is None else _counts(counts)))
        for number, person_id, created, counts in people
    ]
    insert(cursor, "person", _ALL_COLUMNS, rows)


def restore_person(cursor: Cursor, number: int, person: PersonRecord) -> None:
    """Insert a person who was gone, with a new number; faces and counts follow."""
    times = [person.create_time.replace(tzinfo=None), person.update_time.replace(tzinfo=None)]
    said = (person.favorite, person.birth_date, person.chosen_cover_id)
    row = (number, person.id, person.display_name, person.hidden, person.revision + 1, *times, 0, 0, 0, 0, *said)
    insert(cursor, "person", f"{_ALL_COLUMNS}, {_SAID_COLUMNS}", [row])


def write_counts(cursor: Cursor, counts: Sequence[PersonCounts]) -> None:
    """Note what the faces of people add up to."""
    rows = [(*_counts(one), one.person) for one in counts]
    if len(rows) == 1:
        run(cursor, _COUNT_ONE, rows[0])
    elif rows:
        run(cursor, _COUNT, [list(column) for column in zip(*rows, strict=True)])


@dataclass(frozen=True, slots=True)
class RemovedPeople:
    """People who are in no list any more.

    Attributes:
        names: number -> id of all of them.
        erased: numbers of those of whom no row is left.

    """

    names: Mapping[int, str]
    erased: Sequence[int]


def delete_people(cursor: Cursor, numbers: Collection[int]) -> RemovedPeople:
    """Delete people who have no face any more.

    Of whom users said something, and who have faces in the trash, stay, in no list.
    """
    ids = listed(numbers)
    if not ids:
        return RemovedPeople({}, ())
    names = dict(
        cursor.execute(
            f"DELETE FROM person WHERE number IN ({ids}) "  # noqa: S608
            "AND (revision = 0 OR number NOT IN (SELECT person FROM trashed_face)) RETURNING number, id"
        ).fetchall()
    )
    erased = tuple(names)
    if len(erased) < len(numbers):
        hidden = f"UPDATE person SET face_count = 0, image_count = 0, cover_face_id = 0 WHERE number IN ({ids})"  # noqa: S608
        names |= cursor.execute(f"{hidden} RETURNING number, id").fetchall()
    return RemovedPeople(names, erased)


def delete_faceless(cursor: Cursor) -> dict[int, str]:
    """Delete people who have no face, not even in the trash any more; return number -> id of those who are gone."""
    return dict(
        cursor.execute(
            "DELETE FROM person WHERE face_count = 0 AND number NOT IN (SELECT person FROM trashed_face) "
            "RETURNING number, id"
        ).fetchall()
    )


def raise_revisions(cursor: Cursor, numbers: Iterable[int]) -> None:
    """Make people curated, and their etags new."""
    if ids := listed(numbers):
        cursor.execute(f"UPDATE person SET revision = revision + 1 WHERE number IN ({ids})")  # noqa: S608


def read_hidden(cursor: Cursor) -> set[int]:
    """Return the numbers of the hidden people."""
    return {int(number) for (number,) in cursor.execute("SELECT number FROM person WHERE hidden").fetchall()}


def find_person_number(cursor: Cursor, person_id: str) -> int | None:
    """Return the number of a person, or None."""
    size = find_person_size(cursor, person_id)
    return None if size is None else size[0]


def find_person_size(cursor: Cursor, person_id: str) -> tuple[int, int] | None:
    """Return the number of a person and of the person's faces, or None."""
    rows = fetch(cursor, "SELECT number, face_count FROM person WHERE id = ? AND face_count > 0", [person_id])
    return rows[0] if rows else None


def read_person(cursor: Cursor, person_id: str) -> PersonRecord | None:
    """Return a person, or None."""
    rows = fetch(cursor, f"{_SELECT} WHERE id = ? AND face_count > 0", [person_id])
    return person_record(rows[0]) if rows else None


def find_people(cursor: Cursor, person_ids: Collection[str]) -> dict[str, PersonRecord]:
    """Return id -> person, of those who exist, those too who have faces in the trash only."""
    if not person_ids:
        return {}
    # Numbers first: DuckDB looks constants up in the index, but scans for a list of texts.
    numbers = cursor.execute(
        "SELECT number FROM person WHERE id IN (SELECT unnest(?))", [sorted(person_ids)]
    ).fetchall()
    return {person.id: person for person in read_people(cursor, (number for (number,) in numbers)).values()}


def read_people(cursor: Cursor, numbers: Iterable[int]) -> dict[int, PersonRecord]:
    """Return number -> person, of those who exist, those too who have faces in the trash only."""
    rows = rows_among(cursor, "person", PERSON_COLUMNS, "number", {int(number) for number in numbers})
    return {number: person_record(tuple(row)) for number, *row in rows}


def read_names(cursor: Cursor, numbers: Collection[int]) -> dict[int, str]:
    """Return number -> display name, of those who have one, and perhaps of others."""
    if not numbers:
        return {}
    # Users name few of thousands, so that to read all of these takes less than to look for a page's.
    rows = fetch(cursor, "SELECT number, display_name FROM person WHERE display_name <> '' LIMIT ?", [_MANY_NAMES])
    if len(rows) < _MANY_NAMES:
        return dict(rows)
    return dict(rows_among(cursor, "person", "display_name", "number", numbers, dense=TINY_ROWS))


def person_record(row: tuple[Any, ...]) -> PersonRecord:
    """Return the person of a row of `PERSON_COLUMNS`."""
    person_id, number, display_name, hidden, revision, cover, faces, images, create_time, update_time, *said = row
    favorite, birth_date, chosen_cover = said
    return PersonRecord(
        id=person_id,
        number=number,
        display_name=display_name,
        hidden=hidden,
        revision=revision,
        cover_face_id=cover,
        face_count=faces,
        image_count=images,
        create_time=create_time.replace(tzinfo=UTC),
        update_time=update_time.replace(tzinfo=UTC),
        favorite=favorite,
        birth_date=birth_date,
        chosen_cover_id=chosen_cover,
    )


def _counts(one: PersonCounts) -> tuple[int, int, int, float]:
    return (one.faces, one.images, one.cover, one.cover_score)
