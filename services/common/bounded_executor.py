"""A thread pool behind a bounded queue, for work that must not run on the event loop."""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from services.common.admission import Admission
from services.common.cancellation import Cancellation, set_cancellation

P = ParamSpec("P")
T = TypeVar("T")


class BoundedExecutor:
    """A thread pool that refuses work at once when its queue is full.

    Belongs to one event loop. A caller that is cancelled, by its deadline for example, leaves the queue; work that has
    begun runs to its end, unless it heeds the `Cancellation` of its context, which is then said.

    Args:
        name: prefix of the threads' names; also names the executor in refusals.
        workers: number of threads.
        queue: number of calls that may wait in addition to those that run.
        in_turn: number of calls of `run_in_turn` queued or running at once, in addition to those of `run`.

    """

    def __init__(self, name: str, *, workers: int, queue: int, in_turn: int = 1) -> None:
        self._admission = Admission(name, limit=workers + queue, parallel=workers)
        self._in_turn = asyncio.Semaphore(in_turn)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)

    def check(self) -> None:
        """Refuse work that would find the queue full now, before anything of it is read.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        self._admission.check()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread and return its result.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        self._admission.enter()
        return await self._submit(self._admission.leave, work, *args, **kwargs)

    async def run_in_turn(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread and return its result, however long it has to wait for a place."""
        await self._in_turn.acquire()

        def leave(_: float | None) -> None:
            self._in_turn.release()

        return await self._submit(leave, work, *args, **kwargs)

    async def _submit(
        self, leave: Callable[[float | None], None], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        loop = asyncio.get_running_loop()
        seconds: float | None = None

        def timed() -> T:
            nonlocal seconds
            started = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - started

        def give_back(_: Future[T]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(leave, seconds)

        # Logs of the work carry the context of the call.
        context, cancellation = contextvars.copy_context(), Cancellation()
        context.run(set_cancellation, cancellation)
        future = self._pool.submit(partial(context.run, timed))

        def ended(work_done: Future[T], _: asyncio.Future[T]) -> None:
            # Mostly both are at an end, and the thread wakes the loop once. Of who gives up, the work may go on.
            if work_done.done():
                leave(seconds)
            else:
                work_done.add_done_callback(give_back)

        awaited = asyncio.wrap_future(future)
        awaited.add_done_callback(partial(ended, future))
        try:
            return await awaited
        except asyncio.CancelledError:
            cancellation.cancel()
            raise
        finally:
            # A future that failed holds its error, and that this frame: a ring that would keep the work's photo.
            del future, awaited

    def close(self) -> None:
        """Wait for running work, drop waiting work, and stop the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)
