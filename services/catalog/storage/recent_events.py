"""The newest events of one file, in memory, so that whoever follows new images closely need not look into tables.

Rows of new images wait to be put into their tables together, and whoever looks into these waits until that is done.
"""

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from itertools import islice

from services.catalog.events import Change, Event, EventBatch, Position, combined


class RecentEvents:
    """Events that follow each other, up to the newest; methods may be called from any thread.

    They hold the ids of what they are about. Once anything else happens than that images are added, they are forgotten:
    it may delete what they tell of, and only rows know what it changes.

    Args:
        most: how many are remembered; whoever is further behind reads rows.

    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._start: Position | None = None
        self._events: deque[Event] = deque()

    @property
    def end(self) -> Position | None:
        """The place after the newest event; None as long as there is none."""
        with self._lock:
            return self._events[-1].position if self._events else self._start

    def restart(self, place: Position | None) -> None:
        """Forget all events, of which the newest was before `place`."""
        with self._lock:
            self._start = place
            self._events.clear()

    def extend(self, events: Iterable[Event]) -> None:
        """Add the events that are the newest now, with the ids of what they are about."""
        with self._lock:
            self._events.extend(events)
            while len(self._events) > self._most:
                self._start = self._events.popleft().position

    def after(self, place: Position, limit: int) -> EventBatch | None:
        """Return what up to `limit` events after a place come to; None if rows have to tell."""
        with self._lock:
            if place == self._start:
                begin = 0
            else:
                begin = 1 + bisect_left(self._events, place.seq, key=lambda event: event.seq)
                if begin > len(self._events) or self._events[begin - 1].position != place:
                    return None
            events = list(islice(self._events, begin, None))
        few, later = events[:limit], events[limit:]
        # What is gone by now is left out: its deletion comes later.
        gone = {(event.resource, event.number) for event in later if event.change is Change.DELETED}
        told = [event for event in combined(few) if (event.resource, event.number) not in gone]
        return EventBatch(tuple(told), few[-1].position if few else place, more=bool(later))
