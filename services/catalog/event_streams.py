"""What happens in libraries, told to each who watches as fast as it is taken."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from typing import Final

from services.catalog.events import EventBatch, Position
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.shared_calls import SharedCalls
from services.catalog.watchers import Watchers
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import ResourceExhaustedError
from services.common.limits import MAX_EVENTS_AT_ONCE

_LONGEST_WAIT: Final = 1.0


class EventStreams:
    """Follows libraries; belongs to one event loop.

    What is told is read from where the one who is told is: nothing is kept in memory for anybody, and whoever is slow
    finds later what all that happened meanwhile comes to. Those who are at the same place read rows once.

    Args:
        watchers: wakes who waits.
        calls: lease libraries, which may be closed and opened again while somebody watches.
        executor: runs reads.

    """

    def __init__(self, watchers: Watchers, calls: LibraryCalls, executor: BoundedExecutor) -> None:
        self._watchers = watchers
        self._calls = calls
        self._reading = SharedCalls[EventBatch](executor.run)

    async def follow(self, library_id: str, after: Position | None) -> AsyncGenerator[EventBatch, None]:
        """Yield what happens in a library after a place, None for now; at first at once, even if that is nothing.

        Raises:
            AbortedError: EVENTS_EXPIRED.
            NotFoundError: LIBRARY_NOT_FOUND, now or once it is erased.
            ResourceExhaustedError: TOO_MANY_WATCHERS.
            UnavailableError: LIBRARY_UNAVAILABLE, or SHUTTING_DOWN once the service stops.

        """
        with self._watchers.watch(library_id) as topic:
            told = False
            while True:
                topic.check()
                generation = topic.generation
                try:
                    batch = await self._read(library_id, after, generation)
                except ResourceExhaustedError as error:
                    if error.retry_after is None:
                        raise
                    # Those who wait for an answer come first.
                    await asyncio.sleep(min(error.retry_after, _LONGEST_WAIT))
                    continue
                after = batch.position
                if batch.events or not told:
                    yield batch
                    told = True
                if not batch.more:
                    await topic.changed_since(generation)

    async def _read(self, library_id: str, after: Position | None, generation: int) -> EventBatch:
        async with self._calls.lease(library_id) as library:
            recent = library.events.recent(after, MAX_EVENTS_AT_ONCE)
            if recent is not None:
                return recent
            # A read that was begun before the last waking may have seen too little.
            key = (library, after, generation)
            async with self._reading.result(key, partial(_read, library, after)) as batch:
                return batch


def _read(library: Library, after: Position | None) -> EventBatch:
    if after is None:
        return EventBatch((), library.events.position(), more=False)
    return library.events.read(after, MAX_EVENTS_AT_ONCE)
