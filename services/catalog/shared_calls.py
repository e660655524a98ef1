"""Work in threads that is done once for all calls that want the same at the same time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.catalog.shared_result import SharedResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class _Shared(Generic[T]):
    result: SharedResult[T]
    task: asyncio.Task[T]


class SharedCalls(Generic[T]):
    """Runs work once for all who ask for it by the same key, so that they take one thread. Belongs to one event loop.

    Who is cancelled takes it from nobody else. Work that nobody waits for any more is not begun.

    Args:
        run: runs work in a thread.
        release: gives back a result, as soon as nobody uses it any more.

    """

    def __init__(
        self, run: Callable[[Callable[[], T]], Coroutine[Any, Any, T]], release: Callable[[T], None] = lambda _: None
    ) -> None:
        self._run = run
        self._release = release
        self._under_way: dict[Hashable, _Shared[T]] = {}

    @asynccontextmanager
    async def result(self, key: Hashable, work: Callable[[], T]) -> AsyncIterator[T]:
        """Give what work of that key returns, begun unless it is under way; it isn't released before the block ends.

        Raises what the work raises, and what running it does.
        """
        shared = self._under_way.get(key)
        if shared is None or not shared.result.join():
            shared = self._begin(key, work)
        try:
            # Others may wait for the same task.
            yield await asyncio.shield(shared.task)
        finally:
            if shared.result.leave():
                shared.task.cancel()

    def _begin(self, key: Hashable, work: Callable[[], T]) -> _Shared[T]:
        result = SharedResult(work, self._release)
        result.join()
        shared = self._under_way[key] = _Shared(result, asyncio.create_task(self._run(result.run)))

        def end(task: asyncio.Task[T]) -> None:
            if self._under_way.get(key) is shared:
                del self._under_way[key]
            if not task.cancelled():
                # Nobody may be left to hear of it, which is no reason for the loop to complain.
                task.exception()

        shared.task.add_done_callback(end)
        return shared
