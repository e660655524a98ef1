"""What users set of a library, and what it tells of its size."""

import asyncio
from pathlib import Path

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1.library_pb2 import ClusteringParameters, Library
from services.catalog.stepped_run import SteppedRun
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.leasing import Gate

WRONG = ClusteringParameters(eps=2, min_samples=1, min_quality=-1)


async def get(world: World) -> Library:
    return (await world.libraries.GetLibrary(pb.GetLibraryRequest())).library


async def update(world: World, *paths: str, name: str = "", etag: str = "", **parameters: float) -> Library:
    clustering = ClusteringParameters(**parameters)  # type: ignore[arg-type]
    library = Library(display_name=name, etag=etag, clustering=clustering)
    request = pb.UpdateLibraryRequest(library=library, update_mask=FieldMask(paths=paths))
    return (await world.libraries.UpdateLibrary(request)).library


async def test_a_library_tells_how_it_clusters_and_how_large_it_is(world: World, tmp_path: Path) -> None:
    library = await get(world)
    assert library.clustering == ClusteringParameters(eps=0.2, min_samples=2, min_quality=0.45)
    assert library.file_bytes == (tmp_path / "libraries" / "default.duckdb").stat().st_size + sum(
        file.stat().st_size for file in (tmp_path / "libraries").glob("default.duckdb.wal")
    )
    assert library.faces_folder_bytes == 0
    await world.index(world.script.photo("anna"))
    assert (await get(world)).file_bytes > library.file_bytes


async def test_only_what_is_named_changes(world: World) -> None:
    before = await get(world)
    named = await update(world, name="Family")
    assert (named.display_name, named.clustering) == ("Family", before.clustering)
    assert named.etag != before.etag
    assert named.update_time.ToNanoseconds() > before.update_time.ToNanoseconds()
    moved = await update(world, eps=0.3)
    assert (moved.display_name, moved.clustering.eps, moved.clustering.min_samples) == ("Family", 0.3, 2)
    zero = await update(world, "clustering.min_quality", name="Other")
    assert (zero.display_name, zero.clustering.min_quality, zero.clustering.eps) == ("Family", 0, 0.3)
    whole = await update(world, "clustering", eps=0.25, min_samples=3, min_quality=0.5)
    assert whole.clustering == ClusteringParameters(eps=0.25, min_samples=3, min_quality=0.5)
    bare = await update(world, "display_name")
    assert bare.display_name == ""
    assert await update(world) == bare
    assert await get(world) == bare


async def test_settings_outlive_a_restart(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script()) as world:
        changed = await update(world, name="Family", eps=0.3)
    async with open_world(tmp_path / "libraries", Script()) as world:
        library = await get(world)
    assert (library.display_name, library.clustering) == ("Family", changed.clustering)


async def test_people_are_those_of_the_new_parameters_after_a_reclustering(world: World) -> None:
    for number in range(3):
        await world.index(world.script.photo("anna", str(number)))
    before = await get(world)
    assert before.person_count == 1
    await update(world, min_samples=50, eps=0.000001)
    assert (await get(world)).person_count == 1
    async for _ in world.libraries.ReclusterLibrary(pb.ReclusterLibraryRequest()):
        pass
    library = await get(world)
    assert (library.clustering.eps, library.clustering.min_samples) == (0.000001, 50)
    assert library.face_count == before.face_count


@pytest.mark.parametrize(
    ("request_", "code", "reason", "fields"),
    [
        (pb.UpdateLibraryRequest(library=Library(name="x")), 3, "RESOURCE_NAME_INVALID", ["library.name"]),
        (pb.UpdateLibraryRequest(library=Library(name="libraries/none")), 5, "LIBRARY_NOT_FOUND", []),
        (
            pb.UpdateLibraryRequest(update_mask=FieldMask(paths=["etag", "display_name"])),
            3, "UPDATE_MASK_INVALID", ["update_mask"],
        ),
        (
            pb.UpdateLibraryRequest(library=Library(display_name="n" * 201)),
            3, "DISPLAY_NAME_TOO_LONG", ["library.display_name"],
        ),
        (
            pb.UpdateLibraryRequest(library=Library(clustering=WRONG)),
            3, "PARAMETER_OUT_OF_RANGE",
            ["library.clustering.eps", "library.clustering.min_samples", "library.clustering.min_quality"],
        ),
        (
            pb.UpdateLibraryRequest(update_mask=FieldMask(paths=["clustering"])),
            3, "PARAMETER_OUT_OF_RANGE", ["library.clustering.eps", "library.clustering.min_samples"],
        ),
        (
            pb.UpdateLibraryRequest(library=Library(clustering=ClusteringParameters(eps=float("nan")))),
            3, "PARAMETER_OUT_OF_RANGE", ["library.clustering.eps"],
        ),
        (pb.UpdateLibraryRequest(library=Library(display_name="x", etag="other")), 10, "ETAG_MISMATCH", []),
    ],
)  # fmt: skip
async def test_wrong_requests_are_refused_and_change_nothing(
    world: World, request_: pb.UpdateLibraryRequest, code: int, reason: str, fields: list[str]
) -> None:
    before = await get(world)
    failure = await refusal(world.libraries.UpdateLibrary(request_))
    assert (failure.code, failure.reason, failure.fields) == (code, reason, fields)
    assert await get(world) == before


async def test_parameters_stay_while_a_run_goes_by_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, advance = Gate(), SteppedRun.advance

    def slow(self: SteppedRun[object]) -> object:
        gate()
        return advance(self)

    await world.index(world.script.photo("anna"))
    monkeypatch.setattr(SteppedRun, "advance", slow)
    run = world.libraries.ReclusterLibrary(pb.ReclusterLibraryRequest())
    reading = asyncio.ensure_future(run.read())
    assert await asyncio.to_thread(gate.reached.wait, 30)
    failure = await refusal(update(world, eps=0.3))
    assert (failure.code, failure.reason) == (9, "RECLUSTERING_IN_PROGRESS")
    assert (await update(world, name="Family")).display_name == "Family"
    gate.open.set()
    await reading
