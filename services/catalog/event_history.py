"""What happened in a library, for those who watch it."""

import time
from datetime import timedelta
from typing import Final

from services.catalog.events import EventBatch, Position
from services.catalog.storage import events
from services.catalog.storage.database import Database
from services.catalog.storage.transaction import utc_now
from services.common.errors import AbortedError, Reason

# Of what grows old by the day, whether it is too old is asked by the hour.
_LOOK_SECONDS: Final = 3600


class EventHistory:
    """The events of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        library_id: for messages.

    """

    def __init__(self, database: Database, library_id: str) -> None:
        self._database = database
        self._library_id = library_id
        self._looked = 0.0

    def position(self) -> Position:
        """Return the place after all that has happened."""
        end = self._database.events.recent.end
        if end is not None:
            return end
        with self._database.read() as cursor:
            return events.read_position(cursor, self._database.events.last)

    def recent(self, after: Position | None, limit: int) -> EventBatch | None:
        """Do as `read` does, at once, if memory tells; None if rows have to."""
        return None if after is None else self._database.events.recent.after(after, limit)

    def read(self, after: Position | None, limit: int) -> EventBatch:
        """Return what up to `limit` events after a place, or the first that are kept, come to.

        Raises:
            AbortedError: EVENTS_EXPIRED, what followed the place is not kept any more.

        """
        if (recent := self.recent(after, limit)) is not None:
            return recent
        with self._database.read() as cursor:
            batch = events.read_events(cursor, after, self._database.events.last, limit)
        if batch is None:
            raise AbortedError(
                Reason.EVENTS_EXPIRED,
                f"What happened in library {self._library_id!r} since then is not kept any more, or the library was "
                "erased or restored meanwhile. List anew what you follow, and watch from now on.",
                resource=f"libraries/{self._library_id}",
            )
        return batch

    def expire(self) -> None:
        """Delete the events that are too old; meant for idle moments."""
        if self._looked and time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        log = self._database.events
        oldest = utc_now() - timedelta(days=log.bounds.days)
        with self._database.read() as cursor:
            first = events.find_expired(cursor, oldest, log.last)
        if first is not None:
            with self._database.write() as transaction:
                committed = log.delete(transaction.cursor, before=first)
                transaction.commit()
            committed()
