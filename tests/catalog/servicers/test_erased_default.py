"""The default library while it is erased: to callers it is never missing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from services.catalog.leases import Lease, Leases
from services.catalog.library import Library
from services.catalog.library_care import LibraryCare
from services.common.errors import AlbumenError
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.leasing import LONG, Gate

ERASE = library_pb.DeleteLibraryRequest(name="libraries/default", force=True)
CALLS: dict[str, Callable[[World], Awaitable[Any]]] = {
    "GetLibrary": lambda world: world.libraries.GetLibrary(library_pb.GetLibraryRequest()),
    "ListImages": lambda world: world.images.ListImages(image_pb.ListImagesRequest()),
    "ListPeople": lambda world: world.people.ListPeople(people_pb.ListPeopleRequest()),
    "ListEdits": lambda world: world.edits.ListEdits(edits_pb.ListEditsRequest()),
    "SuggestMerges": lambda world: world.edits.SuggestMerges(edits_pb.SuggestMergesRequest()),
    "SearchFaces": lambda world: world.search.SearchFaces(
        search_pb.SearchFacesRequest(query=search_pb.SearchQuery(content=world.script.photo("anna")))
    ),
    "IndexImageBytes": lambda world: world.images.IndexImageBytes(
        image_pb.IndexImageBytesRequest(content=world.script.photo("carl"))
    ),
}


def hold_closing(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Return what libraries that are closed wait at, before they are erased."""
    gate, close = Gate(), LibraryCare.close

    def slow_close(self: LibraryCare, reason: AlbumenError) -> None:
        close(self, reason)
        gate()

    monkeypatch.setattr(LibraryCare, "close", slow_close)
    return gate


def hold(monkeypatch: pytest.MonkeyPatch, method: str) -> Gate:
    """Return what calls of a method of libraries wait at before they begin."""
    gate, work = Gate(), getattr(Library, method)

    def late(self: Library, *args: Any, **kwargs: Any) -> Any:
        gate()
        return work(self, *args, **kwargs)

    monkeypatch.setattr(Library, method, late)
    return gate


async def test_who_comes_while_the_default_library_is_erased_finds_an_empty_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.index(world.script.photo("anna", "bob"))
    gate, came, take_open = hold_closing(monkeypatch), [], Leases.take_open

    def counted(self: Leases, library_id: str) -> Lease | None:
        came.append(library_id)
        if len(came) >= len(CALLS):
            gate.open.set()
        return take_open(self, library_id)

    erasing = asyncio.ensure_future(world.libraries.DeleteLibrary(ERASE))
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    monkeypatch.setattr(Leases, "take_open", counted)
    answers = dict(zip(CALLS, await asyncio.gather(*(call(world) for call in CALLS.values())), strict=True))

    assert (await erasing).library.image_count == 1
    # The photo that came meanwhile may be there already.
    assert answers["GetLibrary"].library.image_count <= 1
    assert len(answers["ListImages"].images) <= 1
    assert not answers["ListPeople"].people
    assert not answers["IndexImageBytes"].already_indexed
    assert [image.name for image in (await world.images.ListImages(image_pb.ListImagesRequest())).images] == [
        answers["IndexImageBytes"].image.name
    ]


async def test_a_call_that_the_erasure_overtakes_is_told_to_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await world.index(world.script.photo("anna"))
    gate = hold(monkeypatch, "delete_image")
    call = world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    overtaken = asyncio.ensure_future(refusal(call))
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    await world.libraries.DeleteLibrary(ERASE)
    gate.open.set()
    failure = await overtaken

    assert failure.code == grpc.StatusCode.UNAVAILABLE.value[0]
    assert (failure.reason, failure.resources, failure.fields) == ("LIBRARY_UNAVAILABLE", ["libraries/default"], [])
    assert "there again, empty" in failure.message
    assert failure.delays == [100]
    assert ("grpc-retry-pushback-ms", "100") in tuple(await call.trailing_metadata())
    again = await refusal(world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name)))
    assert again.reason == "IMAGE_NOT_FOUND"
    assert (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library.image_count == 0


async def test_a_read_that_the_erasure_overtakes_is_done_again_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await world.index(world.script.photo("anna"))
    gate = hold(monkeypatch, "find_image")
    overtaken = asyncio.ensure_future(refusal(world.images.GetImage(image_pb.GetImageRequest(name=image.name))))
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    await world.libraries.DeleteLibrary(ERASE)
    gate.open.set()
    assert (await overtaken).reason == "IMAGE_NOT_FOUND"


async def test_another_library_that_is_erased_is_not_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="other"))
    gate = hold_closing(monkeypatch)
    erasing = asyncio.ensure_future(
        world.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name="libraries/other"))
    )
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    asked = asyncio.ensure_future(
        refusal(world.libraries.GetLibrary(library_pb.GetLibraryRequest(name="libraries/other")))
    )
    gate.open.set()
    failure = await asked
    assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND.value[0], "LIBRARY_NOT_FOUND")
    await erasing
