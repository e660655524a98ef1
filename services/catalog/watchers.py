"""Who watches which library, and is woken when something is committed there; likewise who waits for an operation."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

from services.catalog.storage.unavailable import shutting_down
from services.common.errors import Reason, ResourceExhaustedError

# Least time between two wakings: what is committed meanwhile is read together.
_PACE_SECONDS: Final = 0.05
_RETRY_SECONDS: Final = 5.0


class Topic:
    """One library that is watched, open or not, or one operation that is waited for.

    Attributes:
        generation: how often something was committed, as far as watchers were woken.
        watchers: how many there are.
        announced: whether they are going to be woken.

    """

    def __init__(self) -> None:
        self.generation = 0
        self.watchers = 0
        self.announced = False
        self._closed = False
        self._changed = asyncio.Event()
        self._next_wake = 0.0

    def check(self) -> None:
        """Raise UnavailableError, SHUTTING_DOWN, once the service stops."""
        if self._closed:
            raise shutting_down()

    async def changed_since(self, generation: int) -> None:
        """Wait until something is committed that was not at that generation; see `check`."""
        while self.generation == generation and not self._closed:
            await self._changed.wait()
        self.check()

    def change(self) -> None:
        """Wake the watchers, at once or in a moment."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._next_wake:
            loop.call_at(self._next_wake, self._wake)
        else:
            self._wake()

    def close(self) -> None:
        """Wake the watchers for the last time."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        # Whoever announces from here on is seen by what is read from here on, or announces anew.
        self.announced = False
        self._next_wake = asyncio.get_running_loop().time() + _PACE_SECONDS
        self.generation += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Watchers:
    """Counts those who watch libraries, and wakes them; belongs to one event loop, but for `announce`.

    Those who wait cost nothing, and hold no library open.

    Args:
        limit: how many there may be.

    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._watching = 0
        self._closed = False
        self._topics: dict[str, Topic] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def announce(self, watched: str) -> None:
        """Wake those who watch a library, for something is committed there, or wait for an operation that is done.

        Called from any thread, with the library's id or the operation's name.
        """
        topic = self._topics.get(watched)
        if topic is not None and self._loop is not None and not topic.announced:
            topic.announced = True
            # The last commits of all come from libraries that are closed after the loop.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(topic.change)

    @contextlib.contextmanager
    def watch(self, watched: str) -> Iterator[Topic]:
        """Be woken for a library or an operation as long as the block lasts; see `announce`.

        Raises:
            ResourceExhaustedError: TOO_MANY_WATCHERS.
            UnavailableError: SHUTTING_DOWN.

        """
        if self._closed:
            raise shutting_down()
        if self._watching >= self._limit:
            raise ResourceExhaustedError(
                Reason.TOO_MANY_WATCHERS,
                f"{self._limit} clients watch libraries or wait for operations, which is the limit. End what is no "
                "longer needed, ask ListEvents or GetOperation from time to time instead, or raise "
                "ALBUMEN_CATALOG_MAX_WATCHERS.",
                retry_after=_RETRY_SECONDS,
                metadata={"limit": str(self._limit), "value": str(self._watching)},
            )
        self._loop = asyncio.get_running_loop()
        topic = self._topics.setdefault(watched, Topic())
        topic.watchers += 1
        self._watching += 1
        try:
            yield topic
        finally:
            self._watching -= 1
            topic.watchers -= 1
            if not topic.watchers:
                del self._topics[watched]

    def close(self) -> None:
        """Tell everybody who watches, now or later, that the service stops."""
        self._closed = True
        for topic in self._topics.values():
            topic.close()
