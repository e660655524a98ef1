"""Collects items of many concurrent callers into batches, which a few threads run."""

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
    """The results of a caller's items.

    Attributes:
        results: one per item, in the order of the items.
        queue_seconds: time during which none of them ran, though not all were done.
        run_seconds: time during which at least one of them ran, possibly beside items of other callers.

    """

    results: list[Result]
    queue_seconds: float
    run_seconds: float


# Runs one item, batched with those of other callers.
Lane: TypeAlias = Callable[[Item], Awaitable[Batched[Result]]]


class MicroBatcher(Generic[Item, Result]):
    """Runs items of all callers in batches: no item waits while a thread is free.

    Callers take turns, one item each, so that a caller with many items does not hold up the others. If a caller is
    cancelled, by its deadline for example, its waiting items are dropped. Belongs to one event loop.

    Args:
        name: prefix of the threads' names; also names the batcher in refusals.
        run: processes a batch in a thread and returns one result per item, in order; an exception that it raises is
            passed to every caller in the batch.
        sizes: the permitted batch sizes, including 1.
        workers: number of threads.
        queue: maximum number of items waiting and running; those of lanes are not counted.
        lane_queue: likewise for the items of all lanes together, which wait for room instead of being refused.
        unit: plural noun for items in refusals.

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

    def check(self) -> None:
        """Refuse items that would find the queue full now, before anything of them is read.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which there should be room.

        """
        self._admission.check()

    async def run(self, items: Sequence[Item]) -> Batched[Result]:
        """Run items, batched with those of other callers, and return their results.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which there should be room.

        """
        self._admission.enter(len(items))
        try:
            return await self._serve(_Caller(), items)
        finally:
            self._admission.leave(places=len(items))

    def lane(self) -> Lane[Item, Result]:
        """Return a function that runs the items of a stream one by one; it takes turns like any caller."""
        return partial(self._run_in_lane, _Caller())

    def close(self) -> None:
        """Wait for the running batches, drop waiting items, and stop the threads."""
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
        # Not at once, so that calls that arrive in the same turn of the event loop share a batch.
        asyncio.get_running_loop().call_soon(self._dispatch)
        try:
            return await ticket.done
        finally:
            self._withdraw(caller, ticket)

    def _withdraw(self, caller: "_Caller[Item, Result]", ticket: "_Ticket[Result]") -> None:
        """Drop the items of a ticket that still wait, after its caller was cancelled or a batch failed."""
        left = deque(entry for entry in caller.waiting if entry.ticket is not ticket)
        if len(left) == len(caller.waiting):
            return
        self._waiting -= len(caller.waiting) - len(left)
        caller.waiting = left
        if not left:
            self._turns.remove(caller)

    def _dispatch(self) -> None:
        while self._idle and self._waiting:
            # An equal share of the waiting items for each idle thread, rounded up.
            share = -(-self._waiting // self._idle)
            size = next(size for size in self._sizes if size <= share)
            batch = [self._next() for _ in range(size)]
            self._idle -= 1
            for entry in batch:
                entry.ticket.begin()
            work = self._pool.submit(self._timed, [entry.item for entry in batch])
            work.add_done_callback(partial(self._finish_on_loop, asyncio.get_running_loop(), batch))

    def _next(self) -> "_Entry[Item, Result]":
        """Take one item of the caller whose turn it is, and send the caller to the back of the queue."""
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

    def _finish_on_loop(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: "list[_Entry[Item, Result]]",
        work: Future[tuple[Sequence[Result], float]],
    ) -> None:
        if not loop.is_closed() and not work.cancelled():
            loop.call_soon_threadsafe(self._finish, batch, work)

    def _finish(self, batch: "list[_Entry[Item, Result]]", work: Future[tuple[Sequence[Result], float]]) -> None:
        self._idle += 1
        self._dispatch()
        if error := work.exception():
            for entry in batch:
                entry.ticket.fail(error)
            return
        results, seconds = work.result()
        self._admission.record(seconds / len(batch))
        for entry, result in zip(batch, results, strict=True):
            entry.ticket.end(entry.index, result)


class _Ticket(Generic[Result]):
    """The results that one call waits for, and how long it waited."""

    def __init__(self, items: int) -> None:
        self.done: asyncio.Future[Batched[Result]] = asyncio.get_running_loop().create_future()
        self._results: dict[int, Result] = {}
        self._items = items
        self._submitted = time.perf_counter()
        self._running = 0
        self._began = 0.0
        self._run_seconds = 0.0

    def begin(self) -> None:
        """Record that an item starts to run."""
        if not self._running:
            self._began = time.perf_counter()
        self._running += 1

    def end(self, index: int, result: Result) -> None:
        """Record the result of item `index`; the last one completes the call."""
        now = time.perf_counter()
        self._results[index] = result
        self._running -= 1
        if not self._running:
            self._run_seconds += now - self._began
        if len(self._results) == self._items and not self.done.done():
            results = [self._results[index] for index in range(self._items)]
            self.done.set_result(Batched(results, now - self._submitted - self._run_seconds, self._run_seconds))

    def fail(self, error: BaseException) -> None:
        """Fail the call."""
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(frozen=True, slots=True, eq=False)
class _Entry(Generic[Item, Result]):
    """One item that waits or runs, and its place among the items of its call."""

    ticket: _Ticket[Result]
    index: int
    item: Item


class _Caller(Generic[Item, Result]):
    """A queue that takes turns with others: the waiting items of a call or of a lane, first in, first out."""

    def __init__(self) -> None:
        self.waiting: deque[_Entry[Item, Result]] = deque()
