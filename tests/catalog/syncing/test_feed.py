"""Photos that syncs hand to the indexer: a few at a time, patiently, and in vain at last."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from services.catalog.indexing.upload import Upload
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.vocabulary import Source
from services.common.errors import AlbumenError, Reason, ResourceExhaustedError, UnavailableError
from services.common.limits import ImageLimits

if TYPE_CHECKING:
    from services.catalog.indexing.indexer import Indexer

PHOTO = b"photo"
SOURCE = Source("file:///a.jpg", "a.jpg")


class ScriptedIndexer:
    """Fails as it is told, then says what it got."""

    def __init__(self, *failures: AlbumenError, gate: asyncio.Event | None = None) -> None:
        self.failures = list(failures)
        self.gate = gate
        self.got: list[bytes] = []
        self.at_once = 0

    async def index(self, library_id: str, upload: Upload) -> object:
        content, _ = upload.finish()
        self.got.append(content)
        if self.failures:
            raise self.failures.pop(0)
        if self.gate is not None:
            await self.gate.wait()
        return (library_id, upload.announcement.source)


def feed_of(indexer: ScriptedIndexer, in_flight: int = 2) -> PhotoFeed:
    feed = PhotoFeed(cast("Indexer", indexer), ImageLimits(), in_flight=in_flight)
    feed.start()
    return feed


async def fed(feed: PhotoFeed) -> Any:
    assert feed.take(0)
    return await asyncio.wrap_future(feed.submit("a", PHOTO, SOURCE))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.syncing.feed._FIRST_DELAY_SECONDS", 0.001)


async def test_a_feed_has_only_so_many_places() -> None:
    gate = asyncio.Event()
    feed = feed_of(ScriptedIndexer(gate=gate))
    first, second = fed(feed), fed(feed)
    tasks = [asyncio.ensure_future(first), asyncio.ensure_future(second)]
    await asyncio.sleep(0)
    assert not feed.take(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert feed.take(1)
    feed.give_back()
    assert await fed(feed) == ("a", SOURCE)


def overloaded() -> ResourceExhaustedError:
    return ResourceExhaustedError(Reason.OVERLOADED, "Busy.", retry_after=0.001)


def away() -> UnavailableError:
    return UnavailableError(Reason.DETECTOR_UNAVAILABLE, "Away.")


async def test_a_busy_service_is_waited_for_with_the_whole_photo() -> None:
    indexer = ScriptedIndexer(overloaded(), away(), overloaded())
    assert await fed(feed_of(indexer)) == ("a", SOURCE)
    assert indexer.got == [PHOTO] * 4


async def test_a_service_that_stays_away_fails_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.syncing.feed._PATIENCE_SECONDS", 0)
    feed = feed_of(ScriptedIndexer(away(), away(), away()))
    with pytest.raises(UnavailableError):
        await fed(feed)
    assert await fed(feed_of(ScriptedIndexer(*(overloaded() for _ in range(5))))) == ("a", SOURCE)


async def test_what_no_waiting_helps_fails_at_once() -> None:
    full = ResourceExhaustedError(Reason.DISK_FULL, "Full.")
    indexer = ScriptedIndexer(full)
    feed = feed_of(indexer, 1)
    with pytest.raises(ResourceExhaustedError):
        await fed(feed)
    assert indexer.got == [PHOTO]
    assert feed.take(1)
