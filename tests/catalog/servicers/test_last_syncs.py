"""What is said of a folder's last sync when nobody is left to say it: its service died, or its library is a copy."""

import json
import shutil
from pathlib import Path

from google.longrunning import operations_pb2

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1.folder_pb2 import Folder
from services.common.wire.status import from_status
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.foldering import begin, create, disk, get, photos, sync, world
from tests.catalog.syncing.folders import write
from tests.catalog.syncing.test_killed_syncs import run

__all__ = ["disk", "photos", "world"]


async def only(world: World) -> Folder:
    """The only folder, which is the same however one asks for it."""
    (folder,) = (await world.folders.ListFolders(pb.ListFoldersRequest())).folders
    assert await get(world, folder) == folder
    return folder


async def test_a_sync_that_its_service_dies_of_is_under_way_no_more(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", b"photo a", 1)
    for _ in range(3):
        run(tmp_path, "0")
    async with open_world(tmp_path / "libraries", Script(), folder_roots=(tmp_path,)) as world:
        last = (await only(world)).last_sync
        assert last.state == folder_pb2.FOLDER_SYNC_STATE_FAILED
        assert from_status(last.error).reason == "OPERATION_INTERRUPTED"
        assert last.HasField("end_time")
        # What it found is not known.
        assert not last.HasField("counts")


async def test_a_sync_that_is_cancelled_when_its_service_dies_is_stopped(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", b"photo a", 1)
    run(tmp_path, "0")
    (file,) = (tmp_path / "libraries").glob("*.operations/*.json")
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"cancel_requested": True}))
    async with open_world(tmp_path / "libraries", Script(), folder_roots=(tmp_path,)) as world:
        last = (await only(world)).last_sync
        assert (last.state, last.HasField("end_time")) == (folder_pb2.FOLDER_SYNC_STATE_STOPPED, True)
        assert not last.HasField("error")
        await world.operations.DeleteOperation(operations_pb2.DeleteOperationRequest(name=last.operation))
        assert (await only(world)).last_sync.state == folder_pb2.FOLDER_SYNC_STATE_STOPPED


async def test_a_copy_of_a_library_syncs_nothing_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "photos/a.jpg", b"photo a", 1)
    run(tmp_path, "0")
    for kept in (tmp_path / "libraries").glob("*.operations"):
        shutil.rmtree(kept)
    async with open_world(tmp_path / "libraries", Script(), folder_roots=(tmp_path,)) as world:
        folder = await only(world)
        assert folder.last_sync.state == folder_pb2.FOLDER_SYNC_STATE_STOPPED
        folder.display_name = "Other"
        folder = (await world.folders.UpdateFolder(pb.UpdateFolderRequest(folder=folder))).folder
        assert folder.last_sync.state == folder_pb2.FOLDER_SYNC_STATE_STOPPED
        assert (await sync(world, folder))["file"] == 1
        assert (await only(world)).last_sync.state == folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED


async def test_a_sync_that_is_under_way_is_said_to_be(world: World, photos: Path) -> None:
    for number in range(30):
        (photos / f"{number}.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    operation = await begin(world, made)
    request = operations_pb2.GetOperationRequest(name=operation.name)
    seen = set()
    while True:
        last = (await get(world, made)).last_sync
        if (await world.operations.GetOperation(request)).done:
            break
        seen.add(last.state)
    # Not begun, and then under way, and done only shortly before its operation is.
    assert folder_pb2.FOLDER_SYNC_STATE_RUNNING in seen
    assert not seen & {folder_pb2.FOLDER_SYNC_STATE_STOPPED, folder_pb2.FOLDER_SYNC_STATE_FAILED}
    assert (await get(world, made)).last_sync.state == folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED
