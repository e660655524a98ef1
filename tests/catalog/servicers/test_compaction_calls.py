"""Calls to compact a library, and what is done without one."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as pb
from services.catalog.compaction import CompactionProgress
from services.catalog.stepped_run import SteppedRun
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.leasing import LONG, Gate


async def compact(world: World, name: str = "") -> list[pb.CompactLibraryResponse]:
    return [step async for step in world.libraries.CompactLibrary(pb.CompactLibraryRequest(name=name))]


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """A catalog that compacts a library a second after a deletion."""
    async with open_world(tmp_path / "libraries", Script(), compact_after_seconds=1, upkeep_seconds=1) as world:
        yield world


async def test_a_library_is_compacted_while_it_is_used(world: World) -> None:
    photo = await world.index(world.script.photo("anna"))
    steps = await compact(world)
    assert steps[-1].done_count == steps[-1].total_count > 0
    assert all(step.done_count <= step.total_count for step in steps)
    await compact(world, "libraries/default")
    (image,) = (await world.images.ListImages(image_pb.ListImagesRequest())).images
    assert image == photo


@pytest.mark.parametrize(
    ("name", "reason"), [("default", "RESOURCE_NAME_INVALID"), ("libraries/none", "LIBRARY_NOT_FOUND")]
)
async def test_wrong_names_are_refused(world: World, name: str, reason: str) -> None:
    failure = await refusal(world.libraries.CompactLibrary(pb.CompactLibraryRequest(name=name)).read())
    assert failure.reason == reason


async def test_one_compaction_at_a_time_and_a_cancelled_one_ends(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, advance = Gate(), SteppedRun.advance

    def slow(self: SteppedRun[CompactionProgress]) -> CompactionProgress | None:
        gate()
        return advance(self)

    monkeypatch.setattr(SteppedRun, "advance", slow)
    await world.index(world.script.photo("anna"))
    first = world.libraries.CompactLibrary(pb.CompactLibraryRequest())
    reading = asyncio.ensure_future(first.read())
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    failure = await refusal(world.libraries.CompactLibrary(pb.CompactLibraryRequest()).read())
    assert (failure.code, failure.reason) == (9, "COMPACTION_IN_PROGRESS")
    first.cancel()
    await asyncio.wait([reading])
    gate.open.set()
    async with asyncio.timeout(LONG):
        while True:
            try:
                assert await compact(world)
                break
            except Exception:  # noqa: BLE001 - the cancelled one ends after the step under way
                await asyncio.sleep(0.05)
    assert [file.name for file in (tmp_path / "libraries").glob("*.copy*")] == []


async def test_an_erasure_is_followed_by_a_compaction(hasty: World, tmp_path: Path) -> None:
    file = tmp_path / "libraries" / "default.duckdb"
    photo = await hasty.index(hasty.script.photo("anna"))
    before = file.stat().st_ino
    await hasty.images.DeleteImage(image_pb.DeleteImageRequest(name=photo.name))
    await hasty.images.PurgeImages(image_pb.PurgeImagesRequest(names=[photo.name]))
    assert await asyncio.to_thread(_is_replaced, file, before)
    assert (await hasty.libraries.GetLibrary(pb.GetLibraryRequest())).library.image_count == 0


def _is_replaced(file: Path, before: int) -> bool:
    end = time.monotonic() + LONG
    while file.stat().st_ino == before and time.monotonic() < end:
        time.sleep(0.1)
    return file.stat().st_ino != before
