"""Threads for work that must not run on the event loop, behind a queue with a bound."""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from services.common.admission import Admission

P = ParamSpec("P")
T = TypeVar("T")


class BoundedExecutor:
    """A thread pool that refuses work at once when its queue is full.

    Call it from one event loop only. A caller that is cancelled, by its deadline for example, leaves the queue; work
    that has begun runs to its end.

    Args:
        name: prefix of the threads' names, used in the refusal too.
        workers: number of threads.
        queue: how many calls may wait beside those that run.
        patient: how many calls of `run_in_turn` are taken in at once, beside those of `run`.

    """

    def __init__(self, name: str, *, workers: int, queue: int, patient: int = 1) -> None:
        self._admission = Admission(name, limit=workers + queue, parallel=workers)
        self._patient = asyncio.Semaphore(patient)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread and return its result.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        self._admission.enter()
        return await self._submit(self._admission.leave, work, *args, **kwargs)

    async def run_in_turn(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread and return its result, waiting for a place for as long as it takes."""
        await self._patient.acquire()

        def leave(_: float | None) -> None:
            self._patient.release()

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

        def settle(_: Future[T]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(leave, seconds)

        future = self._pool.submit(partial(contextvars.copy_context().run, timed))
        future.add_done_callback(settle)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Wait for the work under way, drop what waits, and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)
