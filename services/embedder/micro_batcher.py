"""Gathers small pieces of work from many callers into batches for a few threads."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from services.common.admission import Admission

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Batched(Generic[Result]):
    """What became of a caller's items.

    Attributes:
        results: one an item, in the items' order.
        queue_seconds: time in which all that were left of them waited.
        run_seconds: time in which at least one of them ran, beside other callers' items perhaps.

    """

    results: list[Result]
    queue_seconds: float
    run_seconds: float


# Runs one item together with those of other callers.
Lane: TypeAlias = Callable[[Item], Awaitable[Batched[Result]]]


class MicroBatcher(Generic[Item, Result]):
    """Runs items of all callers in batches: a free thread takes what waits, and nothing waits while one is free.

    Callers take turns, an item each, so that one with many items holds nobody up. A caller that is cancelled, by its
    deadline for example, takes its waiting items along. Belongs to one event loop.

    Args:
        name: prefix of the threads' names, used in the refusal too.
        run: works on a batch in a thread and returns one result an item, in their order; what it raises, every
            caller of the batch gets.
        sizes: the sizes that a batch may have; 1 is one of them.
        workers: number of threads.
        queue: most items waiting and running at once; those of lanes are not counted.
        lane_queue: likewise for the items of all lanes together, which wait for room instead of being refused.
        unit: what an item is called in the refusal, in the plural.

    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        sizes: Sequence[int],
        workers: int,
        queue: int,
        lane_queue: int,
        unit: str = "items",
    ) -> None:
        self._run = run
        self._sizes = sorted(sizes, reverse=True)
        self._idle = workers
        self._lane_places = asyncio.Semaphore(lane_queue)
        self._admission = Admission(name, limit=queue, parallel=workers, unit=unit)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._turns: deque[_Caller[Item, Result]] = deque()
        self._waiting = 0

    async def run(self, items: Sequence[Item]) -> Batched[Result]:
        """Run items together with other callers' and return their results.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which there should be room.

        """
        self._admission.enter(len(items))
        try:
            return await self._serve(_Caller(), items)
        finally:
            self._admission.leave(places=len(items))

    def lane(self) -> Lane[Item, Result]:
        """Return how a caller with items without end runs them one by one; the lane has one turn, as any caller."""
        return partial(self._run_in_lane, _Caller())

    def close(self) -> None:
        """Wait for the batches under way, drop what waits, and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run_in_lane(self, caller: "_Caller[Item, Result]", item: Item) -> Batched[Result]:
        async with self._lane_places:
            return await self._serve(caller, [item])

    async def _serve(self, caller: "_Caller[Item, Result]", items: Sequence[Item]) -> Batched[Result]:
        if not items:
            return Batched([], 0, 0)
        ticket: _Ticket[Result] = _Ticket(len(items))
        if not caller.waiting:
            self._turns.append(caller)
        caller.waiting.extend(_Entry(ticket, index, item) for index, item in enumerate(items))
        self._waiting += len(items)
        # After all calls that have arrived by now, so that they share a batch.
        asyncio.get_running_loop().call_soon(self._dispatch)
        try:
            return await ticket.done
        finally:
            self._withdraw(caller, ticket)

    def _withdraw(self, caller: "_Caller[Item, Result]", ticket: "_Ticket[Result]") -> None:
        """Drop what still waits of a caller that is gone or has failed."""
        left = deque(entry for entry in caller.waiting if entry.ticket is not ticket)
        if len(left) == len(caller.waiting):
            return
        self._waiting -= len(caller.waiting) - len(left)
        caller.waiting = left
        if not left:
            self._turns.remove(caller)

    def _dispatch(self) -> None:
        while self._idle and self._waiting:
            share = -(-self._waiting // self._idle)
            batch = [self._next() for _ in range(next(size for size in self._sizes if size <= share))]
            self._idle -= 1
            for entry in batch:
                entry.ticket.begin()
            work = self._pool.submit(self._timed, [entry.item for entry in batch])
            work.add_done_callback(partial(self._hand_over, asyncio.get_running_loop(), batch))

    def _next(self) -> "_Entry[Item, Result]":
        caller = self._turns.popleft()
        entry = caller.waiting.popleft()
        if caller.waiting:
            self._turns.append(caller)
        self._waiting -= 1
        return entry

    def _timed(self, items: Sequence[Item]) -> tuple[Sequence[Result], float]:
        started = time.perf_counter()
        results = self._run(items)
        if len(results) != len(items):
            raise ValueError(f"a batch of {len(items)} items has {len(results)} results")
        return results, time.perf_counter() - started

    def _hand_over(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: "list[_Entry[Item, Result]]",
        work: Future[tuple[Sequence[Result], float]],
    ) -> None:
        if not loop.is_closed() and not work.cancelled():
            loop.call_soon_threadsafe(self._settle, batch, work)

    def _settle(self, batch: "list[_Entry[Item, Result]]", work: Future[tuple[Sequence[Result], float]]) -> None:
        self._idle += 1
        self._dispatch()
        if error := work.exception():
            for entry in batch:
                entry.ticket.fail(error)
            return
        results, seconds = work.result()
        self._admission.learn(seconds / len(batch))
        for entry, result in zip(batch, results, strict=True):
            entry.ticket.end(entry.index, result)


class _Ticket(Generic[Result]):
    """What one caller waits for."""

    def __init__(self, items: int) -> None:
        self.done: asyncio.Future[Batched[Result]] = asyncio.get_running_loop().create_future()
        self._results: dict[int, Result] = {}
        self._items = items
        self._submitted = time.perf_counter()
        self._running = 0
        self._began = 0.0
        self._run_seconds = 0.0

    def begin(self) -> None:
        """Note that an item runs from now on."""
        if not self._running:
            self._began = time.perf_counter()
        self._running += 1

    def end(self, index: int, result: Result) -> None:
        """Take the result of the item `index`, and answer the caller if it was the last one."""
        now = time.perf_counter()
        self._results[index] = result
        self._running -= 1
        if not self._running:
            self._run_seconds += now - self._began
        if len(self._results) == self._items and not self.done.done():
            results = [self._results[index] for index in range(self._items)]
            self.done.set_result(Batched(results, now - self._submitted - self._run_seconds, self._run_seconds))

    def fail(self, error: BaseException) -> None:
        """Answer the caller with an error."""
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(frozen=True, slots=True, eq=False)
class _Entry(Generic[Item, Result]):
    """One item that waits or runs: its place among those of its ticket."""

    ticket: _Ticket[Result]
    index: int
    item: Item


class _Caller(Generic[Item, Result]):
    """Who takes turns: what waits of a caller, first in, first out."""

    def __init__(self) -> None:
        self.waiting: deque[_Entry[Item, Result]] = deque()
