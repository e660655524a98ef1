"""The events of one file as they are written: numbered in the order of the commits."""

import threading
from collections.abc import Callable, Sequence
from typing import Final

from services.catalog.events import EventBounds, EventRow
from services.catalog.storage.statements import Cursor, fetch, insert, run

_COLUMNS: Final = "seq, time, change, resource, number, name"
_DELETE: Final = "DELETE FROM event WHERE seq < ?"
# Deleting costs far more than a row does, so that many are deleted together.
_SLACK: Final = 0.1


class EventLog:
    """Writes the events of one library, one transaction that does at a time.

    Numbers come from memory, where they only grow: those of a write that is rolled back are not used again before a
    restart, after which nobody can have seen them.

    Args:
        bounds: how many are kept.
        announce: called after each commit of something that somebody may wait for, in the thread that commits.

    Attributes:
        bounds: how many are kept.
        announce: see above.
        last: number of the newest event that is durable.

    """

    def __init__(
        self,
        bounds: EventBounds = EventBounds(),  # noqa: B008 - frozen
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self.bounds = bounds
        self.announce = announce
        self.last = 0
        self._lock = threading.Lock()
        self._taken = 0
        self._first = 1

    def load(self, cursor: Cursor) -> None:
        """Go on after the events that there are."""
        ((first, last),) = fetch(cursor, "SELECT min(seq), max(seq) FROM event")
        self._first = first or 1
        self.last = self._taken = last or 0

    def append(self, cursor: Cursor, rows: Sequence[EventRow]) -> Callable[[], None]:
        """Write events, and delete those that are too many; return what is to be called once that is committed."""
        with self._lock:
            start = self._taken + 1
            self._taken += len(rows)
        last = start + len(rows) - 1
        insert(cursor, "event", _COLUMNS, [(seq, *row) for seq, row in enumerate(rows, start=start)])
        first = self._first
        if last - first >= self.bounds.count * (1 + _SLACK):
            first = last - self.bounds.count + 1
            run(cursor, _DELETE, [first])

        def committed() -> None:
            self.last, self._first = last, first

        return committed

    def delete(self, cursor: Cursor, *, before: int) -> Callable[[], None]:
        """Delete the events with lower numbers; return what is to be called once that is committed."""
        run(cursor, _DELETE, [before])

        def committed() -> None:
            self._first = before

        return committed
