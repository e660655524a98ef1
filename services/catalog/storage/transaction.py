"""A write in progress."""

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import duckdb

from services.catalog.events import Change, Changes, Event, EventRow, Resource
from services.catalog.storage.image_changes import ImageChanges
from services.catalog.storage.pending import Pending, Rows

# Counts what was erased, and keeps the time of the first of it whose bytes may still be in the file.
_NOTE_ERASURE: Final = "UPDATE library SET erasures = erasures + 1, erase_time = coalesce(erase_time, ?)"


class Transaction:
    """A write in progress: what is changed in rows, and what must be undone in memory if the rows are rolled back.

    Leaving it without `commit` rolls the rows back and runs the actions of `on_rollback`, the last one first.

    Attributes:
        cursor: sees and makes the changes.
        now: when the write began, naive UTC as the tables hold it.
        committed: whether the write is durable.

    """

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, pending: Pending, image_changes: ImageChanges, *, behind: bool
    ) -> None:
        self.cursor = cursor
        self.now = utc_now()
        self.committed = False
        self._pending = pending
        self._image_changes = image_changes
        self._behind = behind
        self._changes = Changes()
        self._events: list[EventRow] = []
        self._postponed: list[Callable[[], object]] = []
        self._undo: list[Callable[[], object]] = []
        self._erases = False
        self._stores_images = False
        self._changed_images: set[int] = set()

    def note_erasure(self) -> None:
        """Note that the write takes something out of the rows whose bytes have to leave the file as well."""
        self._erases = True

    def commit(self) -> None:
        """Make the write durable."""
        if self._erases:
            self.cursor.execute(_NOTE_ERASURE, [self.now])
        log, events = self._pending.events, self._events + self._changes.rows(self.now)
        if events:
            if self._behind:
                # Those that are pending come before these, and would be numbered after them.
                raise AssertionError("a write that may find tables that lack what is pending has no events of its own")
            self._postponed.append(log.append(self.cursor, events))
        self.cursor.commit()
        self.committed = True
        for committed in self._postponed:
            committed()
        # Whoever is told may look at once.
        if self._stores_images:
            self._image_changes.add(self._changed_images)
        if self._postponed:
            log.announce()

    def note_images(self, image_ids: Collection[int]) -> None:
        """Note that the write stores images, or changes or deletes these ones, and tell those who watch."""
        self._stores_images = True
        self._changed_images.update(image_ids)
        self.note(Resource.IMAGE, image_ids)

    def note(self, resource: Resource, numbers: Iterable[int], change: Change = Change.UPDATED) -> None:
        """Tell those who watch that the write creates or changes resources; see `Event.number`."""
        self._changes.note(resource, numbers, change)

    def note_gone(self, resource: Resource, names: Mapping[int, str]) -> None:
        """Tell those who watch that the write deletes resources: number -> id, which no row tells any more."""
        self._changes.note_gone(resource, names)

    def write(self, rows: Rows) -> None:
        """Put rows into their tables at once, and tell those who watch; see `postpone`."""
        rows.write(self.cursor)
        self._events += rows.event_rows()

    def recover_events(self, events: Sequence[Event]) -> None:
        """Tell those who watch of what a process before told already, or would have, under the same numbers."""
        self._postponed.append(self._pending.events.recover(self.cursor, events))

    def postpone(self, rows: Rows) -> None:
        """Write rows that are as durable as all others, and put into their tables before anybody looks at these."""
        self._postponed.append(self._pending.add(self.cursor, rows))

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """Have `action` run if the write is not committed, after all that are noted later."""
        self._undo.append(action)

    def roll_back(self) -> None:
        """Undo everything, in rows and in memory; called once, by the database."""
        # What failed may have ended the transaction already.
        with contextlib.suppress(duckdb.Error):
            self.cursor.rollback()
        for action in reversed(self._undo):
            action()


def utc_now() -> datetime:
    """Return the time in UTC, naive as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)
