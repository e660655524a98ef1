import asyncio
import gc
import threading
import weakref
from contextlib import suppress

import pytest

from services.common.bounded_executor import BoundedExecutor
from services.common.errors import ResourceExhaustedError


async def test_work_runs_in_a_thread_and_errors_come_back() -> None:
    executor = BoundedExecutor("test", workers=1, queue=1)
    assert await executor.run(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await executor.run(lambda: 1 // 0)
    executor.close()


async def test_a_full_queue_refuses_at_once_and_says_when_to_come_again() -> None:
    executor = BoundedExecutor("test", workers=1, queue=1)
    release = threading.Event()
    calls = [asyncio.create_task(executor.run(release.wait, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError) as caught:
        await executor.run(threading.get_ident)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 0
    release.set()
    assert await asyncio.gather(*calls) == [True, True]
    assert await executor.run(threading.get_ident)
    executor.close()


async def test_a_cancelled_caller_leaves_the_queue() -> None:
    executor = BoundedExecutor("test", workers=1, queue=1)
    release = threading.Event()
    ran = threading.Event()
    running = asyncio.create_task(executor.run(release.wait, 30))
    waiting = asyncio.create_task(executor.run(ran.set))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    release.set()
    await running
    await executor.run(threading.get_ident)
    assert not ran.is_set()
    executor.close()


async def test_work_that_failed_is_kept_by_nothing() -> None:
    class Photo:
        """As large as it may be."""

    def fail(_: Photo) -> None:
        raise ValueError("unreadable")

    executor = BoundedExecutor("test", workers=1, queue=1)
    photo = Photo()
    kept = weakref.ref(photo)
    gc.disable()
    try:
        with suppress(ValueError):
            await executor.run(fail, photo)
        del photo
        # The thread lets go of it before it takes the next.
        await executor.run(threading.get_ident)
        assert kept() is None
    finally:
        gc.enable()
    executor.close()
