"""What a service does when nobody asks."""

import asyncio
from collections.abc import Callable

import structlog

_log = structlog.get_logger()


class Upkeep:
    """Does the same work again and again, in a thread that no request waits for.

    Args:
        work: what is done.
        seconds: time between two times.

    """

    def __init__(self, work: Callable[[], object], *, seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, once the call under way is done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await asyncio.shield(asyncio.to_thread(self._work))
            except Exception:  # noqa: BLE001 - whatever it is, tidying goes on
                # A full disk, for example: the next call may find room, and without one nothing is ever tidied.
                _log.exception("upkeep_failed")
