"""Libraries that are closed while nobody uses them, seen by callers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from services.catalog.library_files import LibraryFiles
from services.catalog.reclustering import ReclusteringProgress
from services.catalog.stepped_run import SteppedRun
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.leasing import LONG, Gate

# More than there is room for.
OTHERS = [f"other-{number}" for number in range(11)]


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[World]:
    """A catalog with little memory for many libraries."""
    async with open_world(tmp_path, Script(), memory_mib=64) as world:
        for library_id in ("mine", *OTHERS):
            await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id=library_id))
        yield world


async def visit_others(world: World) -> None:
    for library_id in OTHERS:
        # Which takes the people of that library into memory, and those of others out of it.
        await world.edits.SuggestMerges(edits_pb.SuggestMergesRequest(parent=f"libraries/{library_id}"))


def is_open(folder: Path, library_id: str) -> bool:
    return str(folder / f"{library_id}.duckdb") in {file.path for file in psutil.Process().open_files()}


async def image_count(world: World, library_id: str) -> int:
    request = library_pb.GetLibraryRequest(name=f"libraries/{library_id}")
    return (await world.libraries.GetLibrary(request)).library.image_count


class SlowUpload:
    """An upload whose client has sent the header and half of the photo."""

    def __init__(self, world: World, photo: bytes) -> None:
        self._photo = photo
        self._rest = asyncio.Event()
        self._half_sent = asyncio.Event()
        self.call = asyncio.ensure_future(self._send(world))

    async def _send(self, world: World) -> pb.IndexImageResponse:
        return await world.images.IndexImage(self._messages())

    async def _messages(self) -> AsyncIterator[pb.IndexImageRequest]:
        half = len(self._photo) // 2
        header = pb.ImageHeader(parent="libraries/mine", sha256=hashlib.sha256(self._photo).hexdigest())
        yield pb.IndexImageRequest(header=header, content=self._photo[:half])
        self._half_sent.set()
        await self._rest.wait()
        yield pb.IndexImageRequest(content=self._photo[half:])

    async def half_sent(self) -> None:
        await asyncio.wait_for(self._half_sent.wait(), LONG)

    def send_the_rest(self) -> None:
        self._rest.set()


async def test_a_slow_upload_keeps_no_library_open(narrow: World, tmp_path: Path) -> None:
    upload = SlowUpload(narrow, narrow.script.photo("anna"))
    await upload.half_sent()
    await visit_others(narrow)
    assert not is_open(tmp_path, "mine")
    upload.send_the_rest()
    assert len((await upload.call).image.faces) == 1
    assert await image_count(narrow, "mine") == 1


async def test_an_upload_to_a_library_that_was_closed_and_erased_finds_none(narrow: World) -> None:
    upload = SlowUpload(narrow, narrow.script.photo("anna"))
    await upload.half_sent()
    await visit_others(narrow)
    await narrow.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name="libraries/mine"))
    upload.send_the_rest()
    failure = await refusal(upload.call)
    assert (failure.code, failure.reason) == (5, "LIBRARY_NOT_FOUND")


async def test_a_library_stays_open_while_it_is_reclustered(
    narrow: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, advance = Gate(), SteppedRun.advance

    def slow(self: SteppedRun[ReclusteringProgress]) -> ReclusteringProgress | None:
        gate()
        return advance(self)

    monkeypatch.setattr(SteppedRun, "advance", slow)
    for _ in range(3):
        await narrow.index(narrow.script.photo("anna"), parent="libraries/mine")
    stream = narrow.libraries.ReclusterLibrary(library_pb.ReclusterLibraryRequest(name="libraries/mine", eps=0.3))
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    await visit_others(narrow)
    assert is_open(tmp_path, "mine")
    gate.open.set()
    assert [progress.total_count async for progress in stream] == [1]
    await visit_others(narrow)
    assert not is_open(tmp_path, "mine")


async def test_people_are_the_same_after_their_library_was_closed(narrow: World) -> None:
    for who in ("anna", "bob", "anna", "bob"):
        await narrow.index(narrow.script.photo(who), parent="libraries/mine")
    request = people_pb.ListPeopleRequest(parent="libraries/mine")
    before = await narrow.people.ListPeople(request)
    await visit_others(narrow)
    assert await narrow.people.ListPeople(request) == before
    await visit_others(narrow)
    image = await narrow.index(narrow.script.photo("anna"), parent="libraries/mine")
    assert image.faces[0].person in [person.name for person in before.people]


async def test_libraries_that_take_long_to_open_hold_up_no_reader_of_an_open_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(tmp_path, Script()) as world:
        names = [f"libraries/slow-{number}" for number in range(11)]
        for name in names:
            library_id = name.removeprefix("libraries/")
            await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id=library_id))
    gate, real = Gate(), LibraryFiles.open

    def slow(self: LibraryFiles, library_id: str, **options: bool) -> object:
        if library_id != "default":
            gate()
        return real(self, library_id, **options)

    monkeypatch.setattr(LibraryFiles, "open", slow)
    async with open_world(tmp_path, Script()) as world:
        waiting = [
            asyncio.ensure_future(world.libraries.GetLibrary(library_pb.GetLibraryRequest(name=name))) for name in names
        ]
        assert await asyncio.to_thread(gate.reached.wait, LONG)
        await asyncio.sleep(0.5)
        try:
            await world.people.ListPeople(people_pb.ListPeopleRequest(), timeout=LONG / 2)
        finally:
            gate.open.set()
        assert [(await answer).library.name for answer in waiting] == names
