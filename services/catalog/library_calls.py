"""The calls that use libraries: each leases the one that it asks for, and works in a thread."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from services.catalog.leases import Lease, Leases
from services.catalog.library import Library
from services.catalog.shared_calls import SharedCalls
from services.common.bounded_executor import BoundedExecutor

T = TypeVar("T")


class LibraryCalls:
    """Leases libraries to calls, and runs what they ask in threads.

    Libraries are opened by threads of their own, one for all calls that wait for the same library, and whoever uses an
    open one never waits for them. Belongs to one event loop.

    Args:
        leases: of the libraries.
        executor: runs what calls ask.
        opener: opens libraries, and in turn brings people into memory, which takes longer.

    """

    def __init__(self, leases: Leases, executor: BoundedExecutor, opener: BoundedExecutor) -> None:
        self._leases = leases
        self._executor = executor
        self._taking = SharedCalls[Lease](opener.run, leases.give_back)
        self._loading = SharedCalls[None](opener.run_in_turn)

    async def run(self, library_id: str, work: Callable[[Library], T], *, people: bool = False) -> T:
        """Run `work` on a library in a thread and return its result; see `lease`.

        Raises:
            ResourceExhaustedError: OVERLOADED.

        """
        async with self.lease(library_id, people=people) as library:
            return await self._executor.run(work, library)

    @asynccontextmanager
    async def lease(self, library_id: str, *, people: bool = False) -> AsyncIterator[Library]:
        """Give a library that stays open for as long as the block lasts.

        Args:
            library_id: the library.
            people: whether its people are needed in memory.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            UnavailableError: LIBRARY_UNAVAILABLE.
            ResourceExhaustedError: OVERLOADED, too many libraries wait to be opened.

        """
        lease = self._leases.take_open(library_id) or await self._take(library_id)
        try:
            if people and not lease.library.memory.has_people:
                async with self._loading.result(lease, partial(self._leases.load_people, lease)):
                    pass
            yield lease.library
        finally:
            self._leases.give_back(lease)

    async def _take(self, library_id: str) -> Lease:
        async with self._taking.result(library_id, partial(self._leases.take, library_id)) as lease:
            self._leases.share(lease)
            return lease
