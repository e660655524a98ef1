import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from services.catalog.settings import CatalogSettings
from services.common.wire.arrivals import GRACE_SECONDS
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.test_index import messages, refusal, stream
from tests.serving import failure_of

PLACES = CatalogSettings.model_fields["max_indexing"].default


async def stall(world: World, *content: bytes) -> Any:
    """Begin an upload of which nothing more ever comes."""
    call: Any = world.images.IndexImage()
    await call.write(pb.IndexImageRequest(header=pb.ImageHeader(file_name="a.png")))
    for part in content:
        await call.write(pb.IndexImageRequest(content=part))
    return call


@pytest.fixture
async def roomy_world(tmp_path: Path) -> AsyncIterator[World]:
    """Many may be on their way, but all together have 1.1 MiB."""
    async with open_world(tmp_path / "libraries", Script(), image_memory_mib=1, max_arriving=64) as world:
        yield world


async def test_uploads_that_stall_after_the_header_refuse_nobody(world: World) -> None:
    stalled = [await stall(world) for _ in range(PLACES)]
    photo = world.script.photo("anna")
    assert (await world.images.IndexImage(stream(messages(photo, file_name="b.png")))).image.size_bytes == len(photo)
    found = await world.search.SearchFaces(search_pb.SearchFacesRequest(query=search_pb.SearchQuery(content=photo)))
    assert len(found.results) == 1
    for call in stalled:
        call.cancel()


async def test_uploads_that_stall_with_all_memory_make_room(roomy_world: World) -> None:
    stalled = [await stall(roomy_world, bytes(95_714)) for _ in range(12)]
    photo = roomy_world.script.photo("anna")
    # At first they were silent for a moment only.
    assert await indexed(roomy_world, photo) == "OVERLOADED"
    await asyncio.sleep(GRACE_SECONDS)
    assert await indexed(roomy_world, photo) == ""
    assert (await roomy_world.images.ListImages(pb.ListImagesRequest())).images
    failed = [call for call in stalled if call.done()]
    assert failed
    for call in failed:
        assert (await refusal(call)).reason == "OVERLOADED"
    for call in stalled:
        call.cancel()


async def indexed(world: World, photo: bytes) -> str:
    try:
        await world.images.IndexImage(stream(messages(photo, chunk=10_000, file_name="b.png")))
    except grpc.aio.AioRpcError as error:
        return failure_of(error).reason
    return ""


async def test_a_chunk_over_the_bound_is_refused(world: World) -> None:
    chunk = pb.IndexImageRequest(content=bytes(4 * 1024 * 1024 + 32_000))
    failure = await refusal(world.images.IndexImage(stream([pb.IndexImageRequest(header=pb.ImageHeader()), chunk])))
    assert failure.reason == "REQUEST_TOO_LARGE"


async def test_more_uploads_than_places_wait_for_their_turn_once_they_are_here(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script(), max_indexing=1, max_arriving=64) as world:
        photos = [world.script.photo(name) for name in ("anna", "bob", "carol")]
        calls: list[Any] = [await stall(world) for _ in photos]
        await asyncio.sleep(0.1)
        for call, photo in zip(calls, photos, strict=True):
            await call.write(pb.IndexImageRequest(content=photo))
            await call.done_writing()
        answers = await asyncio.gather(*calls)
        assert [answer.image.size_bytes for answer in answers] == [len(photo) for photo in photos]
