"""Edits as rows: the newest 1,000 are kept, so that looking through them has a bound."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.edits.payload import EditPayload
from services.catalog.edits.record import EditKind, EditRecord
from services.catalog.records import Page
from services.catalog.storage.database import Cursor

MAX_EDITS: Final = 1_000
_COLUMNS: Final = "id, kind, create_time, undone, payload"
_SELECT: Final = f"SELECT {_COLUMNS} FROM edit"  # noqa: S608


def insert_edit(cursor: Cursor, kind: EditKind, request_id: str, now: datetime, payload: EditPayload) -> EditRecord:
    """Store an edit and forget those that are too old; `now` is naive UTC."""
    (edit_id,) = cursor.execute(
        "UPDATE library SET next_edit_id = next_edit_id + 1 RETURNING next_edit_id - 1"
    ).fetchone() or (1,)
    cursor.execute(
        "INSERT INTO edit (id, kind, request_id, create_time, undone, payload) VALUES (?, ?, ?, ?, false, ?)",
        [edit_id, kind.value, request_id, now, payload.to_bytes()],
    )
    cursor.execute("DELETE FROM edit WHERE id <= ?", [edit_id - MAX_EDITS])
    return edit_record(edit_id, kind, now, payload)


def find_request(cursor: Cursor, request_id: str) -> tuple[EditRecord, EditPayload] | None:
    """Return the edit that a request made, or None."""
    return _edit(cursor.execute(f"{_SELECT} WHERE request_id = ?", [request_id]).fetchone())


def read_edit(cursor: Cursor, edit_id: int) -> tuple[EditRecord, EditPayload] | None:
    """Return an edit, or None."""
    return _edit(cursor.execute(f"{_SELECT} WHERE id = ?", [edit_id]).fetchone())


def later_edits(cursor: Cursor, edit_id: int) -> Iterator[tuple[EditRecord, EditPayload]]:
    """Yield the edits after `edit_id` that are not undone, the newest first."""
    rows = cursor.execute("SELECT id FROM edit WHERE id > ? AND NOT undone ORDER BY id DESC", [edit_id]).fetchall()
    for (later,) in rows:
        if (edit := read_edit(cursor, later)) is not None:
            yield edit


def mark_undone(cursor: Cursor, edit_id: int) -> None:
    """Note that an edit was taken back."""
    cursor.execute("UPDATE edit SET undone = true WHERE id = ?", [edit_id])


def page_of_edits(cursor: Cursor, *, before: int | None, limit: int) -> Page[EditRecord, int]:
    """Return edits, the newest first, below the id `before`."""
    rows = cursor.execute(
        f"{_SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?", [2**62 if before is None else before, limit + 1]
    ).fetchall()
    edits = tuple(edit for row in rows[:limit] if (found := _edit(row)) for edit in found[:1])
    return Page(edits, edits[-1].id if len(rows) > limit else None)


def edit_record(
    edit_id: int, kind: EditKind, create_time: datetime, payload: EditPayload, *, undone: bool = False
) -> EditRecord:
    """Return the record of an edit; `create_time` is naive UTC."""
    return EditRecord(
        id=edit_id,
        kind=kind,
        create_time=create_time.replace(tzinfo=UTC),
        undone=undone,
        face_count=payload.face_count,
        person_count=payload.person_count,
        people=payload.changes,
    )


def _edit(row: tuple[Any, ...] | None) -> tuple[EditRecord, EditPayload] | None:
    if row is None:
        return None
    edit_id, kind, create_time, undone, data = row
    payload = EditPayload.from_bytes(data)
    return edit_record(edit_id, EditKind(kind), create_time, payload, undone=undone), payload
