"""Gives memory back to the system once a burst of images is over."""

import asyncio
from typing import Final

from services.common.byte_budget import ByteBudget
from services.common.heap import trim_heaps
from services.common.limits import MEBIBYTE

# It is not worth the while for less.
_BURST_BYTES: Final = 64 * MEBIBYTE
_SECONDS: Final = 2.0


class Tidying:
    """Looks every two seconds whether many bytes of images have passed, and none are left.

    It tidies twice, as what was refused last may be freed a little later.

    Args:
        images: the bytes that are counted.
        seconds: time between two looks.

    """

    def __init__(self, images: ByteBudget, *, seconds: float = _SECONDS) -> None:
        self._images = images
        self._seconds = seconds
        self._tidied = 0
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            taken = self._images.taken
            burst = taken - self._tidied >= _BURST_BYTES
            if self._images.held == 0 and (burst or self._again):
                self._tidied = taken
                self._again = burst
                await asyncio.to_thread(trim_heaps)
