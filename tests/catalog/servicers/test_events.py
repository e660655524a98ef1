"""What happens in libraries, as clients are told over a real channel."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc.code_pb2 import ABORTED, INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED

from albumen.catalog.v1 import event_pb2
from albumen.catalog.v1 import event_service_pb2 as pb
from albumen.catalog.v1 import event_service_pb2_grpc as pb_grpc
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from services.common.wire.channel import DIRECT
from tests.catalog.asking import merge, person_of, refusal, rename
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.test_closed_libraries import OTHERS, is_open, visit_others
from tests.common.wire.test_process import events as logged_events
from tests.common.wire.test_process import start
from tests.serving import failure_of

SECONDS = 30


class Watch:
    """A client that watches a library."""

    def __init__(self, stub: "pb_grpc.EventServiceAsyncStub", name: str = "", token: str = "") -> None:
        self.call: Any = stub.WatchLibrary(pb.WatchLibraryRequest(name=name, resume_token=token))
        self.token = token

    async def next(self) -> list[event_pb2.Event]:
        response = await asyncio.wait_for(self.call.read(), SECONDS)
        assert response is not grpc.aio.EOF
        self.token = response.resume_token
        return list(response.events)

    async def until(self, resource: str) -> list[event_pb2.Event]:
        """Return what is told up to the last event of a resource that comes with the first one."""
        told: list[event_pb2.Event] = []
        while resource not in [event.resource for event in told]:
            told += await self.next()
        return told

    async def end(self) -> Any:
        async def read() -> None:
            while await self.call.read() is not grpc.aio.EOF:
                pass
            await self.call

        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await asyncio.wait_for(read(), SECONDS)
        return failure_of(caught.value)


@asynccontextmanager
async def watching(world: World, name: str = "", token: str = "") -> AsyncIterator[Watch]:
    watch = Watch(world.events, name, token)
    yield watch
    watch.call.cancel()


async def test_a_client_is_told_from_now_on_and_goes_on_after_a_break(world: World) -> None:
    await world.index(world.script.photo())
    async with watching(world) as watch:
        assert await watch.next() == []
        first = await world.index(world.script.photo())
        (event,) = await watch.next()
        assert (event.change, event.resource_kind, event.resource, event.image_number) == (
            event_pb2.CHANGE_KIND_CREATED,
            event_pb2.RESOURCE_KIND_IMAGE,
            first.name,
            first.number,
        )
        assert event.event_time.ToMicroseconds() >= first.create_time.ToMicroseconds()
    second = await world.index(world.script.photo())
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=first.name))
    await world.images.PurgeImages(image_pb.PurgeImagesRequest(names=[first.name]))
    async with watching(world, token=watch.token) as watch:
        created, deleted = await watch.next()
        assert (created.resource, created.change) == (second.name, event_pb2.CHANGE_KIND_CREATED)
        assert (deleted.resource, deleted.change) == (first.name, event_pb2.CHANGE_KIND_DELETED)
        assert event.sequence_number < created.sequence_number < deleted.sequence_number
    async with watching(world, token=watch.token) as watch:
        assert await watch.next() == []


async def test_two_watchers_are_told_the_same_in_order(world: World) -> None:
    async with watching(world) as one, watching(world) as other:
        await asyncio.gather(one.next(), other.next())
        images = [(await world.index(world.script.photo())).name for _ in range(20)]
        told = [[event.resource for event in await watch.until(images[-1])] for watch in (one, other)]
        assert told == [images, images]


async def test_a_slow_client_is_told_what_it_all_came_to(world: World) -> None:
    anna = await person_of(world, "anna")
    bob = await person_of(world, "bob")
    async with watching(world) as watch:
        await watch.next()
    for number in range(50):
        await rename(world, anna.name, f"Anna {number}")
    await merge(world, anna, bob)
    async with watching(world, token=watch.token) as watch:
        people = [event for event in await watch.next() if event.resource_kind == event_pb2.RESOURCE_KIND_PERSON]
        assert [(event.resource, event.change) for event in people] == [
            (anna.name, event_pb2.CHANGE_KIND_UPDATED),
            (bob.name, event_pb2.CHANGE_KIND_DELETED),
        ]


async def test_pages_and_watches_go_on_where_the_other_ended(world: World) -> None:
    images = [(await world.index(world.script.photo())).name for _ in range(5)]
    request = pb.ListEventsRequest(page_size=2)
    told: list[str] = []
    while True:
        page = await world.events.ListEvents(request)
        told += [event.resource for event in page.events]
        rest = await world.events.ListEvents(pb.ListEventsRequest(resume_token=page.resume_token))
        assert [event.resource for event in rest.events] == ["libraries/default", *images][len(told) :]
        async with watching(world, token=page.resume_token) as watch:
            assert [event.resource for event in await watch.next()] == ["libraries/default", *images][len(told) :]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert told == ["libraries/default", *images]
    assert page.latest_resume_token == page.resume_token == rest.resume_token == watch.token
    # Whoever polls may begin with the end.
    begun = (await world.events.ListEvents(pb.ListEventsRequest(page_size=1))).latest_resume_token
    new = await world.index(world.script.photo())
    page = await world.events.ListEvents(pb.ListEventsRequest(resume_token=begun))
    assert [event.resource for event in page.events] == [new.name]


async def test_a_token_serves_its_own_library_only(world: World) -> None:
    await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="a"))
    async with watching(world) as watch:
        await watch.next()
    for token in (watch.token[:-1], watch.token[:-4] + "AAAA", "wrong", "x" * 30_000):
        failure = await Watch(world.events, token=token).end()
        assert (failure.code, failure.reason, failure.fields) == (
            INVALID_ARGUMENT,
            "RESUME_TOKEN_INVALID",
            ["resume_token"],
        )
    failure = await Watch(world.events, "libraries/a", watch.token).end()
    assert failure.reason == "RESUME_TOKEN_INVALID"
    first = await world.events.ListEvents(pb.ListEventsRequest(page_size=1))
    await world.index(world.script.photo())
    other = pb.ListEventsRequest(page_size=1, resume_token=watch.token, page_token=first.resume_token)
    assert (await refusal(world.events.ListEvents(other))).reason == "PAGE_TOKEN_INVALID"


async def test_what_is_not_kept_any_more_is_said(tmp_path: Path) -> None:
    async with open_world(tmp_path, Script(), events_kept=100) as world:
        async with watching(world) as watch:
            await watch.next()
        for _ in range(115):
            await world.index(world.script.photo())
        failure = await Watch(world.events, token=watch.token).end()
        assert (failure.code, failure.reason, failure.resources) == (ABORTED, "EVENTS_EXPIRED", ["libraries/default"])
        request = pb.ListEventsRequest(resume_token=watch.token)
        assert (await refusal(world.events.ListEvents(request))).reason == "EVENTS_EXPIRED"


async def test_more_watchers_than_there_may_be_are_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path, Script(), max_watchers=1) as world:
        async with watching(world) as watch:
            await watch.next()
            failure = await Watch(world.events).end()
            assert (failure.code, failure.reason) == (RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS")
            assert failure.delays == [5000]
        # Who is gone leaves the place to others, in a moment.
        for _ in range(100):
            async with watching(world) as watch:
                try:
                    assert await watch.next() == []
                    break
                except grpc.aio.AioRpcError:
                    await asyncio.sleep(0.1)
        else:
            pytest.fail("the place is still taken")


async def test_a_watched_library_is_closed_when_idle_and_told_of_again(tmp_path: Path) -> None:
    async with open_world(tmp_path, Script(), memory_mib=64) as world:
        for library_id in ("mine", *OTHERS):
            await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id=library_id))
        async with watching(world, "libraries/mine") as watch:
            assert await watch.next() == []
            await visit_others(world)
            assert not is_open(tmp_path, "mine")
            image = await world.index(world.script.photo(), "libraries/mine")
            assert [event.resource for event in await watch.next()] == [image.name]


async def test_the_end_of_a_library_ends_its_watches(world: World) -> None:
    await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="a"))
    async with watching(world, "libraries/a") as watch, watching(world) as default:
        await asyncio.gather(watch.next(), default.next())
        for name in ("libraries/a", "libraries/default"):
            await world.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name=name, force=True))
        failure = await watch.end()
        assert (failure.code, failure.reason) == (NOT_FOUND, "LIBRARY_NOT_FOUND")
        # The one that is in its place by now is another one.
        assert (await default.end()).reason == "EVENTS_EXPIRED"


async def test_watches_end_at_once_when_the_service_stops(tmp_path: Path) -> None:
    process = start(
        "services.catalog",
        ALBUMEN_CATALOG_LISTEN="127.0.0.1:0",
        ALBUMEN_CATALOG_LIBRARIES_DIR=str(tmp_path / "libraries"),
        ALBUMEN_CATALOG_DRAIN_SECONDS="50",
    )
    assert process.stderr is not None
    port = 0
    while (event := json.loads(process.stderr.readline()))["event"] != "serving":
        port = event.get("port", port)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=DIRECT) as channel:
        watch = Watch(pb_grpc.EventServiceStub(channel))
        assert await watch.next() == []
        process.send_signal(signal.SIGTERM)
        assert (await watch.end()).reason == "SHUTTING_DOWN"
        logged = [event["event"] for event in logged_events(process)]
    assert (process.returncode, logged[-1]) == (0, "stopped")
