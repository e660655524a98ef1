"""Who follows a library is told all of it, however reads are shared and however slowly it is taken."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.catalog.event_history import EventHistory
from services.catalog.event_streams import EventStreams
from services.catalog.events import EventBatch, EventFeed, Position, Resource
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.watchers import Watchers
from services.common.bounded_executor import BoundedExecutor
from tests.catalog.clustering.synthetic import analysis, direction, sha256

SECONDS = 30


class Followed:
    """A catalog whose default library is followed."""

    def __init__(self, folder: Path) -> None:
        watchers = Watchers(9)
        self.catalog = Catalog(folder, feed=EventFeed(announce=watchers.announce))
        self.executors = [BoundedExecutor(name, workers=4, queue=9) for name in ("work", "open")]
        calls = LibraryCalls(self.catalog.leases, *self.executors)
        self.streams = EventStreams(watchers, calls, self.executors[0])

    def use(self, work: Callable[[Library], object]) -> None:
        with self.catalog.lease("default") as library:
            work(library)


@pytest.fixture
async def followed(tmp_path: Path) -> AsyncIterator[Followed]:
    followed = Followed(tmp_path)
    # That it is made is an event of its own.
    followed.use(Library.record)
    yield followed
    for executor in followed.executors:
        executor.close()
    followed.catalog.close()


async def next_of(batches: AsyncIterator[EventBatch]) -> EventBatch:
    return await asyncio.wait_for(anext(batches), SECONDS)


def names(batch: EventBatch) -> list[str]:
    return [event.name for event in batch.events]


async def test_a_read_that_began_too_early_is_not_shared(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    early = followed.streams.follow("default", None)
    place = (await next_of(early)).position
    begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(EventHistory, "recent", lambda *_: None)
    read = EventHistory.read

    def read_slowly(history: EventHistory, after: Position | None, limit: int) -> EventBatch:
        batch = read(history, after, limit)
        if not begun.is_set():
            begun.set()
            go_on.wait(SECONDS)
        return batch

    monkeypatch.setattr(EventHistory, "read", read_slowly)
    late = followed.streams.follow("default", place)
    waiting = asyncio.create_task(next_of(late)), asyncio.create_task(next_of(early))
    await asyncio.to_thread(begun.wait, SECONDS)
    await asyncio.to_thread(followed.use, lambda library: library.add_image(analysis("a")))
    assert names(await waiting[1]) == [sha256("a")]
    go_on.set()
    assert names(await waiting[0]) == []
    assert names(await next_of(late)) == [sha256("a")]
    await early.aclose()
    await late.aclose()


async def test_who_takes_slowly_is_told_what_it_comes_to(followed: Followed) -> None:
    def found(library: Library) -> None:
        for number in range(2):
            library.add_image(analysis(str(number), direction(0.01 * number)))

    def rename(library: Library) -> None:
        (person,) = library.list_people(limit=9).items
        for number in range(100):
            library.edits.update(person.id, display_name=str(number))

    await asyncio.to_thread(followed.use, found)
    slow, quick = followed.streams.follow("default", None), followed.streams.follow("default", None)
    await next_of(slow)
    await next_of(quick)
    with ThreadPoolExecutor(1) as thread:
        renaming = thread.submit(followed.use, rename)
        while (batch := await next_of(quick)).events[-1].number < 100:
            assert batch.events
        renaming.result()
    batch = await next_of(slow)
    assert [event.resource for event in batch.events].count(Resource.PERSON) == 1
    assert batch.events[-1].number == 100
    await slow.aclose()
    await quick.aclose()
