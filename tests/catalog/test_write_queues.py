"""Writes that wait for a library: in order, without a thread, and photos together."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.catalog.library import Library
from services.catalog.vocabulary import Source
from services.catalog.write_queues import WriteQueues
from services.common.errors import FailedPreconditionError, NotFoundError, Reason, ResourceExhaustedError
from tests.catalog.clustering.synthetic import analysis, direction, sha256

if TYPE_CHECKING:
    from services.catalog.records import AddedImage


class Held:
    """A write that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.let_go.wait(30)
        return "done"


@pytest.fixture
async def writes() -> AsyncIterator[WriteQueues]:
    writes = WriteQueues(workers=2, queue=16)
    yield writes
    writes.close()


async def begin(writes: WriteQueues, library: Library, held: Held) -> "asyncio.Task[str]":
    task = asyncio.create_task(writes.run(library, held))
    assert await asyncio.to_thread(held.begun.wait, 30)
    return task


async def wait_in_line(writes: WriteQueues, library: Library, *photos: str) -> "list[asyncio.Task[AddedImage]]":
    tasks = [
        asyncio.create_task(writes.add(library, analysis(photo, direction(0.01 * number, number % 3))))
        for number, photo in enumerate(photos)
    ]
    await asyncio.sleep(0)
    return tasks


async def test_photos_that_wait_are_stored_by_one_transaction(writes: WriteQueues, library: Library) -> None:
    held = Held()
    first = await begin(writes, library, held)
    names = [str(number) for number in range(8)]
    tasks = await wait_in_line(writes, library, *names)
    held.let_go.set()
    added = await asyncio.gather(*tasks)
    assert await first == "done"
    assert [one.image.sha256 for one in added] == [sha256(name) for name in names]
    # The time of a transaction is that of all it stores.
    assert len({one.image.create_time for one in added}) == 1
    assert [image.sha256 for image in library.list_images(limit=9).items] == [sha256(name) for name in names]
    assert library.record().person_count == 3


async def test_who_is_alone_is_stored_at_once(writes: WriteQueues, library: Library) -> None:
    added = [await writes.add(library, analysis(name, direction(0))) for name in "ab"]
    assert len({one.image.create_time for one in added}) == 2


async def test_a_photo_that_cannot_be_stored_fails_alone(writes: WriteQueues, library: Library) -> None:
    library.add_image(analysis("old", direction(0)))
    held = Held()
    first = await begin(writes, library, held)
    good = await wait_in_line(writes, library, "a", "b")
    bad = asyncio.create_task(writes.add(library, analysis("bad", direction(0), space="another")))
    await asyncio.sleep(0)
    more = await wait_in_line(writes, library, "c")
    held.let_go.set()
    with pytest.raises(FailedPreconditionError) as caught:
        await bad
    await asyncio.gather(first, *good, *more)
    assert caught.value.reason is Reason.EMBEDDING_SPACE_MISMATCH
    stored = [image.sha256 for image in library.list_images(limit=9).items]
    assert stored == [sha256(name) for name in ("old", "a", "b", "c")]
    assert library.record().face_count == 4


async def test_a_deletion_keeps_its_place_between_photos(writes: WriteQueues, library: Library) -> None:
    held = Held()
    first = await begin(writes, library, held)
    (before,) = await wait_in_line(writes, library, "x")
    deletion = asyncio.create_task(writes.run(library, library.delete_image, sha256("x")))
    await asyncio.sleep(0)
    (after,) = await wait_in_line(writes, library, "x")
    held.let_go.set()
    await asyncio.gather(first, deletion)
    assert not (await before).already_indexed
    assert not (await after).already_indexed
    assert library.record().image_count == 1


async def test_who_gives_up_leaves_the_queue(writes: WriteQueues, library: Library) -> None:
    held = Held()
    first = await begin(writes, library, held)
    tasks = await wait_in_line(writes, library, "a", "b")
    tasks[0].cancel()
    await asyncio.sleep(0)
    held.let_go.set()
    await asyncio.gather(first, tasks[1])
    assert [image.sha256 for image in library.list_images(limit=9).items] == [sha256("b")]


async def test_what_a_write_raises_comes_to_its_caller(writes: WriteQueues, library: Library) -> None:
    with pytest.raises(NotFoundError) as caught:
        await writes.run(library, library.delete_image, sha256("nothing"))
    assert caught.value.reason is Reason.IMAGE_NOT_FOUND


async def test_too_many_writes_are_refused_at_once(library: Library) -> None:
    writes = WriteQueues(workers=1, queue=1)
    held = Held()
    first = await begin(writes, library, held)
    tasks = await wait_in_line(writes, library, "a")
    with pytest.raises(ResourceExhaustedError) as caught:
        await writes.add(library, analysis("b", direction(0)))
    assert caught.value.reason is Reason.OVERLOADED
    # Who was let in once goes on in turn, however many there are.
    step = asyncio.create_task(writes.run_in_turn(library, library.has_image, sha256("a")))
    await asyncio.sleep(0)
    held.let_go.set()
    await asyncio.gather(first, *tasks)
    assert await step
    writes.close()


async def test_writes_of_one_library_do_not_hold_up_another(
    writes: WriteQueues, library: Library, tmp_path: Path
) -> None:
    other = Library(tmp_path / "b.duckdb", "b")
    held = Held()
    first = await begin(writes, library, held)
    waiting = await wait_in_line(writes, library, *"abcdef")
    added = await writes.add(other, analysis("x", direction(0)))
    assert not added.already_indexed
    assert not any(task.done() for task in waiting)
    held.let_go.set()
    await asyncio.gather(first, *waiting)
    other.close()


async def test_photos_of_one_place_or_the_same_bytes_keep_their_order(writes: WriteQueues, library: Library) -> None:
    held = Held()
    first = await begin(writes, library, held)
    one = asyncio.create_task(writes.add(library, analysis("x", direction(0), source="file:///a.jpg")))
    other = asyncio.create_task(writes.add(library, analysis("x", direction(0), source="file:///b.jpg")))
    changed = asyncio.create_task(writes.add(library, analysis("y", direction(0), source="file:///b.jpg")))
    gone = asyncio.create_task(writes.add(library, analysis("z", direction(0), source="file:///a.jpg")))
    await asyncio.sleep(0)
    held.let_go.set()
    await asyncio.gather(first, one, other, changed, gone)
    assert [task.result().already_indexed for task in (one, other, changed, gone)] == [False, True, False, False]
    assert [task.result().replaced for task in (one, other, changed, gone)] == [None, None, None, sha256("x")]
    assert [image.sha256 for image in library.list_images(limit=9).items] == [sha256("y"), sha256("z")]
    assert library.list_sources(limit=9).items[1].image_sha256 == sha256("y")
    assert library.add_source(sha256("y"), Source(""))[0].sha256 == sha256("y")
