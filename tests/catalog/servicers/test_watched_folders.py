"""Watched folders over the wire, and in a process of its own that is asked to end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from google.longrunning import operations_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1 import folder_service_pb2_grpc as pb_grpc
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1.folder_pb2 import Folder
from benchmarks.stack import free_addresses
from services.catalog.following.pace import Pace
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script, serve_detector, serve_embedder
from tests.catalog.leasing import LONG
from tests.catalog.servicers.foldering import create, disk, get, photos
from tests.e2e.processes import Process
from tests.serving import channel_to

__all__ = ["disk", "photos"]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + LONG
    while not await holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def count(world: World) -> int:
    return len((await world.images.ListImages(image_pb.ListImagesRequest())).images)


async def syncs(world: World) -> list[operations_pb2.Operation]:
    request = operations_pb2.ListOperationsRequest(name="libraries/default")
    return list((await world.operations.ListOperations(request)).operations)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits until somebody may have copied all files."""
    monkeypatch.setattr(
        "services.catalog.composition.work.Pace",
        lambda **others: Pace(look=0.05, quiet=0.05, rest=0.05, check=0.1, **others),
    )


async def test_a_watched_folder_is_synced_by_itself_and_says_so(tmp_path: Path, disk: Path, photos: Path) -> None:
    script = Script()
    async with open_world(tmp_path / "libraries", script, folder_roots=(disk,)) as world:
        (photos / "a.png").write_bytes(script.photo("anna"))
        plain = await create(world, photos)
        assert (plain.watch, plain.watch_state) == (False, folder_pb2.FOLDER_WATCH_STATE_UNSPECIFIED)
        update = pb.UpdateFolderRequest(
            folder=Folder(name=plain.name, watch=True), update_mask=FieldMask(paths=["watch"])
        )
        made = (await world.folders.UpdateFolder(update)).folder
        assert (made.watch, made.watch_state) == (True, folder_pb2.FOLDER_WATCH_STATE_PENDING)
        assert made.etag != plain.etag

        async def one_is_there() -> bool:
            return await count(world) == 1

        await until(one_is_there)
        now = await get(world, made)
        assert (now.watch_state, now.watch_note) == (folder_pb2.FOLDER_WATCH_STATE_WATCHING, "")
        # It is an operation like any other.
        assert now.last_sync.operation in {operation.name for operation in await syncs(world)}

        async def is_away() -> bool:
            now = await get(world, made)
            return now.watch_state == folder_pb2.FOLDER_WATCH_STATE_AWAY and now.watch_note == "it is not there"

        await asyncio.to_thread(photos.rename, disk / "away")
        await until(is_away)
        await asyncio.to_thread((disk / "away").rename, photos)
        (photos / "b.png").write_bytes(script.photo("anna"))

        async def two_are_there() -> bool:
            return await count(world) == 2

        await until(two_are_there)
        update.folder.watch = False
        ended = (await world.folders.UpdateFolder(update)).folder
        assert (ended.watch, ended.watch_state) == (False, folder_pb2.FOLDER_WATCH_STATE_UNSPECIFIED)


async def test_a_folder_may_be_made_a_watched_one_and_is_after_a_restart(
    tmp_path: Path, disk: Path, photos: Path
) -> None:
    script = Script()
    async with open_world(tmp_path / "libraries", script, folder_roots=(disk,)) as world:
        made = await create(world, photos, watch=True)
        assert made.watch
    (photos / "a.png").write_bytes(script.photo("anna"))
    async with open_world(tmp_path / "libraries", script, folder_roots=(disk,)) as world:

        async def is_there() -> bool:
            return await count(world) == 1

        await until(is_there)
        assert (await get(world, made)).watch


async def test_a_service_that_watches_ends_when_it_is_asked_to(tmp_path: Path, disk: Path, photos: Path) -> None:
    script = Script()
    detector, detector_target = await serve_detector(script)
    embedder, embedder_target = await serve_embedder(script)
    (target,) = free_addresses(1)
    environment = {
        "ALBUMEN_CATALOG_LISTEN": target,
        "ALBUMEN_CATALOG_LIBRARIES_DIR": str(tmp_path / "libraries"),
        "ALBUMEN_CATALOG_DETECTOR_TARGET": detector_target,
        "ALBUMEN_CATALOG_EMBEDDER_TARGET": embedder_target,
        "ALBUMEN_CATALOG_FOLDER_ROOTS": str(disk),
        "ALBUMEN_CATALOG_DECODERS": "0",
    }
    process = Process(["python", "-m", "services.catalog"], environment, target, tmp_path / "log").start()
    try:
        await asyncio.to_thread(process.wait_until_serving)
        for number in range(100):
            (photos / f"{number}.png").write_bytes(script.photo("anna"))
        async with channel_to(target) as channel:
            folders = pb_grpc.FolderServiceStub(channel)
            folder = Folder(root_uri=photos.as_uri(), watch=True)
            made = (await folders.CreateFolder(pb.CreateFolderRequest(folder=folder))).folder

            async def is_syncing() -> bool:
                return (await folders.GetFolder(pb.GetFolderRequest(name=made.name))).folder.HasField("last_sync")

            await until(is_syncing)
        code = await asyncio.to_thread(process.stop)
    finally:
        process.kill()
        await detector.stop(None)
        await embedder.stop(None)
    log = (tmp_path / "log").read_text()
    assert code == 0, log
    assert '"folder_watched"' in log
    assert '"level": "error"' not in log
    assert "Traceback" not in log
