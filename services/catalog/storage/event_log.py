"""The events of one file as they are written: numbered in the order of the commits."""

import threading
from collections.abc import Callable, Sequence
from typing import Final

from services.catalog.events import Change, Event, EventBounds, EventRow, position
from services.catalog.storage.recent_events import RecentEvents
from services.catalog.storage.statements import Cursor, fetch, insert, run

_COLUMNS: Final = "seq, time, change, resource, number, name"
_DELETE: Final = "DELETE FROM event WHERE seq < ?"
# Deleting costs far more than a row does, so that many are deleted together.
_SLACK: Final = 0.1
# Some seconds of indexing.
_MOST_RECENT: Final = 1_000


class EventLog:
    """Writes the events of one library, one transaction that does at a time.

    Numbers come from memory, where they only grow: those of a write that is rolled back are not used again before a
    restart, after which nobody can have seen them. Events are durable with what they tell of, but not at once in their
    table: some wait with the rows of new images.

    Args:
        bounds: how many are kept.
        announce: called after each commit of something that somebody may wait for, in the thread that commits.

    Attributes:
        bounds: how many are kept.
        announce: see above.
        last: number of the newest event that is durable.
        recent: those that were durable last.

    """

    def __init__(
        self,
        bounds: EventBounds = EventBounds(),  # noqa: B008 - frozen
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self.bounds = bounds
        self.announce = announce
        self.last = 0
        self.recent = RecentEvents(min(_MOST_RECENT, bounds.count))
        self._lock = threading.Lock()
        self._taken = 0
        self._first = 1

    def load(self, cursor: Cursor, waiting: Sequence[Event] = ()) -> None:
        """Go on after the events that there are, in their table and waiting."""
        ((first, last, time),) = fetch(cursor, "SELECT min(seq), max(seq), arg_max(time, seq) FROM event")
        self._first = first or 1
        self.last = self._taken = last or 0
        self.recent.restart(position(last, time) if last else None)
        if waiting:
            self._taken = max(self._taken, waiting[-1].seq)
            self.told(waiting)

    def take(self, rows: Sequence[EventRow]) -> list[Event]:
        """Give events their numbers."""
        with self._lock:
            start = self._taken + 1
            self._taken += len(rows)
        return [Event(seq, *row) for seq, row in enumerate(rows, start=start)]

    def told(self, events: Sequence[Event]) -> None:
        """Take note that events are durable, all that there are up to the last of them, though not in their table yet.

        Args:
            events: with the ids of what they are about.

        """
        self.last = events[-1].seq
        self.recent.extend(events)

    def write(self, cursor: Cursor, events: Sequence[Event]) -> Callable[[], None]:
        """Put events into their table, and delete those that are too many; return what to call once it is committed."""
        insert(cursor, "event", _COLUMNS, [_row(event) for event in events])
        last, first = events[-1].seq, self._first
        if last - first >= self.bounds.count * (1 + _SLACK):
            first = last - self.bounds.count + 1
            run(cursor, _DELETE, [first])

        def committed() -> None:
            self._first = first

        return committed

    def append(self, cursor: Cursor, rows: Sequence[EventRow]) -> Callable[[], None]:
        """Write events, of a write that brings no new images alone; return what to call once that is committed."""
        return self._append(cursor, self.take(rows))

    def recover(self, cursor: Cursor, events: Sequence[Event]) -> Callable[[], None]:
        """Write events that had their numbers before a process ended; return what to call once that is committed."""
        with self._lock:
            # Whoever saw them must not take others for them.
            free = events[0].seq > self._taken
            self._taken = events[-1].seq if free else self._taken
        if not free:
            events = self.take([EventRow(one.time, one.change, one.resource, one.number, one.name) for one in events])
        return self._append(cursor, events)

    def delete(self, cursor: Cursor, *, before: int) -> Callable[[], None]:
        """Delete the events with lower numbers; return what is to be called once that is committed."""
        run(cursor, _DELETE, [before])

        def committed() -> None:
            self._first = before
            # Whoever reads rows is told what is not kept any more.
            self.recent.restart(self.recent.end)

        return committed

    def _append(self, cursor: Cursor, events: Sequence[Event]) -> Callable[[], None]:
        written, last = self.write(cursor, events), events[-1]

        def committed() -> None:
            written()
            self.last = last.seq
            self.recent.restart(last.position)

        return committed


def _row(event: Event) -> tuple[object, ...]:
    """Return the values of an event; only of what is deleted the id is kept, which no row tells any more."""
    name = event.name if event.change is Change.DELETED else ""
    return (event.seq, event.time, event.change, event.resource, event.number, name)
