"""Folders as rows, without their files."""

from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.events import Change, Resource
from services.catalog.folder_record import FolderRecord, SyncReport, pack_report, unpack_report
from services.catalog.records import Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch, insert
from services.catalog.storage.transaction import Transaction

# Folders are ordered by name, then by number.
FolderKey = tuple[str, int]

_COLUMNS: Final = (
    "id, number, display_name, root_uri, include_patterns, exclude_patterns, trash_missing_days, revision, "
    "create_time, update_time, identity, last_sync, watch"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM folder"  # noqa: S608 - names of ours
_NAME: Final = "lower(strip_accents(display_name))"
_LINE_END: Final = "\n"


def insert_folder(transaction: Transaction, folder: FolderRecord, *, request_id: str, request_digest: str) -> None:
    """Insert a folder, and the request that it answers."""
    row = (*_row(folder), request_id, request_digest)
    insert(transaction.cursor, "folder", f"{_COLUMNS}, request_id, request_digest", [row])
    transaction.note(Resource.FOLDER, [folder.number], Change.CREATED)


def update_folder(transaction: Transaction, folder: FolderRecord) -> None:
    """Write what users have changed of a folder."""
    transaction.note(Resource.FOLDER, [folder.number])
    transaction.cursor.execute(
        "UPDATE folder SET display_name = ?, include_patterns = ?, exclude_patterns = ?, trash_missing_days = ?, "
        "watch = ?, revision = ?, update_time = ? WHERE number = ?",
        [
            folder.display_name,
            _LINE_END.join(folder.include),
            _LINE_END.join(folder.exclude),
            folder.trash_missing_days,
            folder.watch,
            folder.revision,
            _naive(folder.update_time),
            folder.number,
        ],
    )


def write_sync(transaction: Transaction, folder: FolderRecord, report: SyncReport, identity: str) -> None:
    """Write what a sync of a folder has come to, and what the folder was then."""
    transaction.note(Resource.FOLDER, [folder.number])
    transaction.cursor.execute(
        "UPDATE folder SET last_sync = ?, identity = ? WHERE number = ?", [pack_report(report), identity, folder.number]
    )


def delete_folder_row(transaction: Transaction, folder: FolderRecord) -> None:
    """Delete a folder; the places in it stay as they are."""
    transaction.note_gone(Resource.FOLDER, {folder.number: folder.id})
    transaction.cursor.execute("DELETE FROM folder WHERE number = ?", [folder.number])


def read_folder(cursor: Cursor, folder_id: str) -> FolderRecord | None:
    """Return a folder, or None."""
    rows = fetch(cursor, f"{_SELECT} WHERE id = ?", [folder_id])
    return _folder(rows[0]) if rows else None


def read_folder_roots(cursor: Cursor) -> dict[str, str]:
    """Return root -> id, of all folders."""
    return dict(fetch(cursor, "SELECT root_uri, id FROM folder"))


def find_folder_request(cursor: Cursor, request_id: str) -> tuple[str, str] | None:
    """Return the id of the folder that a request created, and the digest of the request, or None."""
    rows = fetch(cursor, "SELECT id, request_digest FROM folder WHERE request_id = ?", [request_id])
    return rows[0] if rows else None


def count_watched(cursor: Cursor) -> int:
    """Return how many folders are watched."""
    ((count,),) = fetch(cursor, "SELECT count(*) FROM folder WHERE watch")
    return int(count)


def read_watched(cursor: Cursor) -> list[FolderRecord]:
    """Return the folders that are watched, in the order in which they were created."""
    return [_folder(row) for row in fetch(cursor, f"{_SELECT} WHERE watch ORDER BY number")]


def page_of_folders(cursor: Cursor, after: FolderKey | None, limit: int) -> Page[FolderRecord, FolderKey]:
    """Return up to `limit` folders by name that follow `after`, a key of the page before."""
    condition = "true" if after is None else f"({_NAME}, number) > (?, ?)"
    select = f"SELECT {_NAME}, {_COLUMNS} FROM folder WHERE {condition}"  # noqa: S608 - names of ours
    rows = fetch(cursor, f"{select} ORDER BY 1, number LIMIT ?", [*(after or ()), limit + 1])
    folders = tuple(_folder(row[1:]) for row in rows[:limit])
    keys = tuple((str(row[0]), folder.number) for row, folder in zip(rows, folders, strict=False))
    return Page(folders, keys, keys[-1] if len(rows) > limit else None)


def _row(folder: FolderRecord) -> tuple[object, ...]:
    """Return a folder as `_COLUMNS`."""
    return (
        folder.id,
        folder.number,
        folder.display_name,
        folder.root_uri,
        _LINE_END.join(folder.include),
        _LINE_END.join(folder.exclude),
        folder.trash_missing_days,
        folder.revision,
        _naive(folder.create_time),
        _naive(folder.update_time),
        folder.identity,
        pack_report(folder.last_sync),
        folder.watch,
    )


def _folder(row: tuple[Any, ...]) -> FolderRecord:
    folder_id, number, name, root, include, exclude, days, revision, create_time, update_time, *others = row
    identity, report, watch = others
    return FolderRecord(
        id=folder_id,
        number=number,
        display_name=name,
        root_uri=root,
        include=_lines(include),
        exclude=_lines(exclude),
        trash_missing_days=days,
        revision=revision,
        create_time=create_time.replace(tzinfo=UTC),
        update_time=update_time.replace(tzinfo=UTC),
        identity=identity,
        last_sync=unpack_report(report),
        watch=watch,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split(_LINE_END)) if text else ()


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)
