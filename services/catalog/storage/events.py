"""Events as rows, and the names of what they are about."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from services.catalog.events import Change, Event, EventBatch, Position, Resource, combined, position
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch

_SELECT: Final = (
    "SELECT seq, time, change, resource, number, name FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
)
# Where the id of a resource stands, by its number. Who has faces in the trash only is a row, and yet not there.
_TABLES: Final = {
    Resource.IMAGE: ("image", "sha256", "id"),
    Resource.PERSON: ("(SELECT id, number FROM person WHERE face_count > 0)", "id", "number"),
    Resource.ALBUM: ("album", "id", "number"),
    Resource.FOLDER: ("folder", "id", "number"),
}


def read_position(cursor: Cursor, last: int) -> Position:
    """Return the place after the newest event that `cursor` sees, none above the number `last`."""
    ((seq, time),) = fetch(cursor, "SELECT seq, time FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1", [last])
    return position(seq, time)


def read_events(cursor: Cursor, after: Position | None, last: int, limit: int) -> EventBatch | None:
    """Return what up to `limit` events after a place, or from the first, come to; none above the number `last`.

    What was created or changed, and is deleted by now, is left out: its deletion comes later.

    Returns:
        None if what follows the place is not known any more, or never was.

    """
    rows = [_event(*row) for row in fetch(cursor, _SELECT, [after.seq if after else 0, last, limit + 2])]
    if after is not None:
        # The event that the place is after shows whether this is the history that the place is of.
        if not rows or rows[0].position != after:
            return None
        del rows[0]
    few = rows[:limit]
    end = few[-1].position if few else after or read_position(cursor, last)
    return EventBatch(_named(cursor, combined(few)), end, more=len(rows) > limit)


def find_expired(cursor: Cursor, before: datetime, last: int) -> int | None:
    """Return the number below which all events are older than a time, naive UTC; None if no other than `last` is."""
    ((seq,),) = fetch(cursor, "SELECT max(seq) + 1 FROM event WHERE time < ? AND seq < ?", [before, last])
    return None if seq is None else int(seq)


def _event(seq: int, time: datetime, change: int, resource: int, number: int, name: str) -> Event:
    return Event(seq, time, Change(change), Resource(resource), number, name)


def _named(cursor: Cursor, events: Collection[Event]) -> tuple[Event, ...]:
    """Return events with the ids of what they are about, without those of what is gone."""
    wanted = defaultdict[Resource, set[int]](set)
    for event in events:
        if event.change is not Change.DELETED:
            wanted[event.resource].add(event.number)
    names: dict[Resource, dict[int, str]] = {
        resource: dict(rows_among(cursor, *_TABLES[resource], numbers))
        for resource, numbers in wanted.items()
        if resource in _TABLES
    }
    named = []
    for event in events:
        if event.resource is Resource.EDIT:
            name = str(event.number)
        elif event.change is Change.DELETED or event.resource is Resource.LIBRARY:
            name = event.name
        elif event.number in names[event.resource]:
            name = names[event.resource][event.number]
        else:
            continue
        named.append(Event(event.seq, event.time, event.change, event.resource, event.number, name))
    return tuple(named)
