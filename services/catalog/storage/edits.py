"""Edits as rows: the newest 1,000 are kept, so that looking through them has a bound."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.catalog.events import Change, Resource
from services.catalog.records import Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.library_row import Counter, read_counter, write_counter
from services.catalog.storage.paging import listed
from services.catalog.storage.transaction import Transaction

_SELECT: Final = "SELECT id, kind, create_time, undone, request_digest, payload FROM edit"


@dataclass(frozen=True, slots=True)
class EditRow:
    """An edit as it is stored.

    Attributes:
        id: grows with time.
        kind: what was done.
        create_time: naive UTC.
        undone: whether it was taken back.
        request_digest: of the request that made it; empty for edits of old.
        payload: what it takes to undo it.

    """

    id: int
    kind: str
    create_time: datetime
    undone: bool
    request_digest: str
    payload: bytes


def insert_edit(
    transaction: Transaction,
    *,
    kind: str,
    request_id: str,
    request_digest: str,
    payload: bytes,
    people: Collection[str],
    faces: Collection[int],
    kept: int,
) -> int:
    """Store an edit, and whom and which faces it is about; forget all but the newest `kept`; return its id."""
    cursor = transaction.cursor
    edit_id = read_counter(cursor, Counter.EDITS)
    write_counter(cursor, Counter.EDITS, edit_id + 1)
    cursor.execute(
        "INSERT INTO edit (id, kind, request_id, request_digest, create_time, undone, payload, "
        "faces_known) VALUES (?, ?, ?, ?, ?, false, ?, true)",
        [edit_id, kind, request_id, request_digest, transaction.now, payload],
    )
    insert_edit_people(cursor, edit_id, people)
    _insert_edit_faces(cursor, {edit_id: faces})
    transaction.note(Resource.EDIT, [edit_id], Change.CREATED)
    forgotten = cursor.execute("DELETE FROM edit WHERE id <= ? RETURNING id", [edit_id - kept]).fetchall()
    if forgotten:
        transaction.note(Resource.EDIT, [forgotten_id for (forgotten_id,) in forgotten], Change.DELETED)
        transaction.note_erasure()
    for table in ("edit_person", "edit_face"):
        cursor.execute(f"DELETE FROM {table} WHERE edit_id <= ?", [edit_id - kept])  # noqa: S608 - names of ours
    return edit_id


def find_request(cursor: Cursor, request_id: str) -> EditRow | None:
    """Return the edit that a request made, or None."""
    return _edit(cursor.execute(f"{_SELECT} WHERE request_id = ?", [request_id]).fetchone())


def read_edit(cursor: Cursor, edit_id: int) -> EditRow | None:
    """Return an edit, or None."""
    return _edit(cursor.execute(f"{_SELECT} WHERE id = ?", [edit_id]).fetchone())


def later_edits(cursor: Cursor, edit_id: int) -> Iterator[EditRow]:
    """Yield the edits after `edit_id` that are not undone, the newest first."""
    rows = cursor.execute("SELECT id FROM edit WHERE id > ? AND NOT undone ORDER BY id DESC", [edit_id]).fetchall()
    # One at a time: a payload may be large, and the first that matters ends the search.
    for (later,) in rows:
        edit = read_edit(cursor, later)
        if edit is not None:
            yield edit


def mark_undone(transaction: Transaction, edit_id: int) -> None:
    """Note that an edit was taken back."""
    transaction.note(Resource.EDIT, [edit_id])
    transaction.cursor.execute("UPDATE edit SET undone = true WHERE id = ?", [edit_id])


def page_of_edits(cursor: Cursor, *, before: int | None, limit: int) -> Page[EditRow, int]:
    """Return edits, the newest first, below the id `before`."""
    highest = 2**62 if before is None else before
    rows = cursor.execute(f"{_SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?", [highest, limit + 1]).fetchall()
    edits = tuple(EditRow(*row) for row in rows[:limit])
    keys = tuple(edit.id for edit in edits)
    return Page(edits, keys, keys[-1] if len(rows) > limit else None)


def edits_about(cursor: Cursor, people: Collection[str]) -> list[int]:
    """Return the edits that are about one of `people`, and those of old, of which that is not known; ascending."""
    rows = cursor.execute(
        "SELECT DISTINCT edit_id FROM edit_person WHERE person_id IN (SELECT unnest(?)) "
        "UNION SELECT id FROM edit WHERE id NOT IN (SELECT edit_id FROM edit_person) ORDER BY 1",
        [list(people)],
    ).fetchall()
    return [int(row[0]) for row in rows]


def all_edits(cursor: Cursor) -> list[int]:
    """Return the ids of all edits, ascending."""
    return [int(edit_id) for (edit_id,) in cursor.execute("SELECT id FROM edit ORDER BY id").fetchall()]


def payloads_in_force(cursor: Cursor, faces: Collection[int], people: Collection[str]) -> list[tuple[int, bytes, bool]]:
    """Return the edits that are not undone and are about one of `faces` or `people`, those of old all.

    Returns:
        Id, payload, and whether the edit's faces are known.

    """
    return cursor.execute(
        "SELECT id, payload, faces_known FROM edit WHERE NOT undone AND (NOT faces_known "
        "OR id IN (SELECT edit_id FROM edit_face WHERE face_id IN (SELECT unnest(?))) "
        "OR id IN (SELECT edit_id FROM edit_person WHERE person_id IN (SELECT unnest(?))) "
        "OR id NOT IN (SELECT edit_id FROM edit_person)) ORDER BY id",
        [list(faces), list(people)],
    ).fetchall()


def change_edit_faces(cursor: Cursor, gone: Mapping[int, Collection[int]], new: Mapping[int, Collection[int]]) -> None:
    """Note which faces edits are no longer about, and which they are about too; all of `new` are known from now on."""
    edits, faces = _pairs(gone)
    if edits:
        cursor.execute(
            "DELETE FROM edit_face WHERE (edit_id, face_id) IN (SELECT (unnest(?), unnest(?)))", [edits, faces]
        )
    _insert_edit_faces(cursor, new)
    if new:
        cursor.execute(f"UPDATE edit SET faces_known = true WHERE id IN ({listed(new)}) AND NOT faces_known")  # noqa: S608


def rewrite_payload(cursor: Cursor, edit_id: int, payload: bytes) -> None:
    """Replace what is kept of an edit."""
    cursor.execute("UPDATE edit SET payload = ? WHERE id = ?", [payload, edit_id])


def insert_edit_people(cursor: Cursor, edit_id: int, people: Collection[str]) -> None:
    """Note whom an edit is about."""
    if people:
        cursor.execute("INSERT INTO edit_person (edit_id, person_id) SELECT ?, unnest(?)", [edit_id, sorted(people)])


def _insert_edit_faces(cursor: Cursor, faces: Mapping[int, Collection[int]]) -> None:
    edits, ids = _pairs(faces)
    if edits:
        cursor.execute("INSERT INTO edit_face (edit_id, face_id) SELECT unnest(?), unnest(?)", [edits, ids])


def _pairs(faces: Mapping[int, Collection[int]]) -> tuple[list[int], list[int]]:
    """Return edits and their faces as columns."""
    edits = [edit_id for edit_id, few in faces.items() for _ in few]
    return edits, [face for few in faces.values() for face in few]


def _edit(row: tuple[Any, ...] | None) -> EditRow | None:
    return None if row is None else EditRow(*row)
