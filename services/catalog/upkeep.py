"""What a catalog does when nobody asks: folds the logs of idle libraries into their files."""

import asyncio

import structlog

from services.catalog.catalog import Catalog

_log = structlog.get_logger()


class Upkeep:
    """Calls `Catalog.maintain` again and again, in a thread that no request waits for.

    Args:
        catalog: the libraries.
        seconds: time between two calls.

    """

    def __init__(self, catalog: Catalog, *, seconds: float) -> None:
        self._catalog = catalog
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
                await asyncio.shield(asyncio.to_thread(self._catalog.maintain))
            except Exception:  # noqa: BLE001 - whatever it is, tidying goes on
                # A full disk, for example: the next call may find room, and without one nothing is ever tidied.
                _log.exception("upkeep_failed")
