"""Processes the items of a stream concurrently, within a window."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def map_unordered(
    items: AsyncIterable[Item], work: Callable[[Item], Coroutine[Any, Any, Result]], *, window: int
) -> AsyncIterator[Result]:
    """Yield the results of `work` on each item, in the order in which they are ready.

    An item is read only while fewer than `window` others are in progress or have results that are not yet consumed;
    that slows a fast sender down. The first error, of `work` or of `items`, cancels the work on all others and is
    raised.
    """
    room = asyncio.Semaphore(window)
    tasks: set[asyncio.Task[Any]] = set()
    done: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()

    def start(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(coroutine)
        tasks.add(task)
        task.add_done_callback(done.put_nowait)
        return task

    async def read() -> None:
        await room.acquire()
        async for item in items:
            start(work(item))
            # While the next one is awaited, this one is kept by nobody but who works on it.
            del item
            await room.acquire()

    # The reader is a task among the others, so that its errors come the same way.
    reader = start(read())
    try:
        while tasks:
            task = await done.get()
            tasks.remove(task)
            result = task.result()
            if task is not reader:
                yield result
                room.release()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
