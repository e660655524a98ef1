"""Albums as rows, without their images."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.album_record import AlbumRecord
from services.catalog.events import Change, Resource
from services.catalog.expressions.order import AlbumField, AlbumOrder
from services.catalog.records import Page
from services.catalog.smart_filter import SmartFilter
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch, insert
from services.catalog.storage.transaction import Transaction

# What albums are ordered by, and their number.
AlbumKey = tuple[int | str, int]

_COLUMNS: Final = (
    "id, number, display_name, description, filter, order_by, cover_image_id, revision, create_time, update_time"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM album"  # noqa: S608 - names of ours
_VALUES: Final[Mapping[AlbumField, str]] = {
    AlbumField.DISPLAY_NAME: "lower(strip_accents(display_name))",
    AlbumField.CREATE_TIME: "epoch_us(create_time)",
    AlbumField.UPDATE_TIME: "epoch_us(update_time)",
}


def count_albums(cursor: Cursor) -> int:
    """Return how many albums there are."""
    ((count,),) = fetch(cursor, "SELECT count(*) FROM album")
    return int(count)


def insert_album(transaction: Transaction, album: AlbumRecord, *, request_id: str, request_digest: str) -> None:
    """Insert an album, and the request that it answers."""
    row = (*_row(album), request_id, request_digest)
    insert(transaction.cursor, "album", f"{_COLUMNS}, request_id, request_digest", [row])
    transaction.note(Resource.ALBUM, [album.number], Change.CREATED)


def update_album(transaction: Transaction, album: AlbumRecord) -> None:
    """Write what users have changed of an album."""
    transaction.note(Resource.ALBUM, [album.number])
    transaction.cursor.execute(
        "UPDATE album SET display_name = ?, description = ?, filter = ?, order_by = ?, cover_image_id = ?, "
        "revision = ?, update_time = ? WHERE number = ?",
        [*_row(album)[2:8], _naive(album.update_time), album.number],
    )


def delete_album_row(transaction: Transaction, album: AlbumRecord) -> None:
    """Delete an album; its images' places go by `album_images.delete_places`."""
    transaction.note_gone(Resource.ALBUM, {album.number: album.id})
    transaction.cursor.execute("DELETE FROM album WHERE number = ?", [album.number])


def read_album(cursor: Cursor, album_id: str) -> AlbumRecord | None:
    """Return an album, or None."""
    rows = fetch(cursor, f"{_SELECT} WHERE id = ?", [album_id])
    return _album(rows[0]) if rows else None


def find_album_request(cursor: Cursor, request_id: str) -> tuple[str, str] | None:
    """Return the id of the album that a request created, and the digest of the request, or None."""
    rows = fetch(cursor, "SELECT id, request_digest FROM album WHERE request_id = ?", [request_id])
    return rows[0] if rows else None


def page_of_albums(
    cursor: Cursor, order: AlbumOrder, after: AlbumKey | None, limit: int
) -> Page[AlbumRecord, AlbumKey]:
    """Return up to `limit` albums that follow `after`, a key of the page before."""
    value = _VALUES[order.field]
    direction, follows = ("DESC", "<") if order.descending else ("ASC", ">")
    condition = "true" if after is None else f"({value}, number) {follows} (?, ?)"
    select = f"SELECT {value}, {_COLUMNS} FROM album WHERE {condition}"  # noqa: S608 - names of ours
    rows = fetch(cursor, f"{select} ORDER BY 1 {direction}, number {direction} LIMIT ?", [*(after or ()), limit + 1])
    albums = tuple(_album(row[1:]) for row in rows[:limit])
    keys = tuple((row[0], album.number) for row, album in zip(rows, albums, strict=False))
    return Page(albums, keys, keys[-1] if len(rows) > limit else None)


def album_ids(cursor: Cursor, numbers: Collection[int]) -> dict[int, str]:
    """Return number -> id, of those that exist."""
    return dict(rows_among(cursor, "album", "id", "number", numbers))


def _row(album: AlbumRecord) -> tuple[object, ...]:
    """Return an album as `_COLUMNS`."""
    packed = "" if album.smart is None else album.smart.packed()
    words = (album.display_name, album.description, packed, album.order_by)
    times = (_naive(album.create_time), _naive(album.update_time))
    return (album.id, album.number, *words, album.chosen_cover, album.revision, *times)


def _album(row: tuple[Any, ...]) -> AlbumRecord:
    album_id, number, name, description, packed, order_by, cover, revision, create_time, update_time = row
    return AlbumRecord(
        id=album_id,
        number=number,
        display_name=name,
        description=description,
        smart=SmartFilter.unpacked(packed) if packed else None,
        order_by=order_by,
        chosen_cover=cover,
        revision=revision,
        create_time=create_time.replace(tzinfo=UTC),
        update_time=update_time.replace(tzinfo=UTC),
    )


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)
