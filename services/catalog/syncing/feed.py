"""Photos that threads hand to the indexer on its event loop: a few at a time, so that callers come first."""

import asyncio
import threading
import time
from concurrent.futures import Future
from typing import Final

from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.upload import Announcement, Upload
from services.catalog.records import AddedImage
from services.catalog.vocabulary import Source
from services.common.errors import AlbumenError, Reason, ResourceExhaustedError, UnavailableError
from services.common.limits import ImageLimits

# A service that is updated, or starts with its models, is back within so many seconds.
_PATIENCE_SECONDS: Final = 60.0
_FIRST_DELAY_SECONDS: Final = 0.2
_MAX_DELAY_SECONDS: Final = 5.0
# What others will end, or a restart: not what a photo is refused for.
_PASSING: Final = frozenset({Reason.OVERLOADED, Reason.DETECTOR_UNAVAILABLE, Reason.EMBEDDER_UNAVAILABLE})


class PhotoFeed:
    """Indexes photos for threads that wait for none of them; methods may be called from any thread.

    Args:
        indexer: brings images into libraries.
        limits: how large an image may be.
        in_flight: photos on their way at once, of all threads together.

    """

    def __init__(self, indexer: Indexer, limits: ImageLimits, *, in_flight: int) -> None:
        self._indexer = indexer
        self._limits = limits
        self._places = threading.Semaphore(in_flight)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Index on the event loop that is running now."""
        self._loop = asyncio.get_running_loop()

    def take(self, seconds: float) -> bool:
        """Take a place for a photo within so many seconds, if that is possible; a photo is read only then."""
        return self._places.acquire(timeout=seconds) if seconds else self._places.acquire(blocking=False)

    def give_back(self) -> None:
        """Give back a place for which there is no photo."""
        self._places.release()

    def submit(self, library_id: str, content: bytes, source: Source) -> Future[AddedImage]:
        """Index a photo for which a place was taken, and which gives it back.

        The future fails as `Indexer.index` does. Busy services are waited for, those that are away for a minute.
        """
        if self._loop is None:
            raise AssertionError("a feed is started before anybody uses it")
        future = asyncio.run_coroutine_threadsafe(self._index(library_id, content, source), self._loop)
        future.add_done_callback(lambda _: self._places.release())
        return future

    async def _index(self, library_id: str, content: bytes, source: Source) -> AddedImage:
        announcement = Announcement(library_id, source)
        delay, away_since = _FIRST_DELAY_SECONDS, None
        while True:
            upload = Upload(announcement, self._limits)
            upload.add(content)
            try:
                return await self._indexer.index(library_id, upload)
            except (ResourceExhaustedError, UnavailableError) as error:
                away_since = _away_since(error, away_since)
                await asyncio.sleep(max(delay, min(error.retry_after or 0, _MAX_DELAY_SECONDS)))
            delay = min(delay * 2, _MAX_DELAY_SECONDS)


def _away_since(error: AlbumenError, before: float | None) -> float | None:
    """Return since when a service is away, None if it is only busy; or raise the error, as it is of no use to wait."""
    if error.reason not in _PASSING:
        raise error
    if error.reason is Reason.OVERLOADED:
        return None
    since = time.monotonic() if before is None else before
    if time.monotonic() - since > _PATIENCE_SECONDS:
        raise error
    return since
