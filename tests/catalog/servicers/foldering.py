"""What tests ask of folders again and again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from google.longrunning import operations_pb2

from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1.folder_pb2 import Folder, FolderSyncCounts
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script

UUID = "6f1d5c1e-7b43-4a53-9a55-0d4c1c5b2a11"


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    (tmp_path / "disk/photos").mkdir(parents=True)
    return tmp_path / "disk"


@pytest.fixture
def photos(disk: Path) -> Path:
    return disk / "photos"


@pytest.fixture
async def world(tmp_path: Path, disk: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "libraries", Script(), folder_roots=(disk,)) as world:
        yield world


async def create(world: World, root: Path, name: str = "", **fields: Any) -> Folder:
    folder = Folder(display_name=name, root_uri=root.as_uri(), **fields)
    return (await world.folders.CreateFolder(pb.CreateFolderRequest(folder=folder))).folder


async def get(world: World, folder: Folder) -> Folder:
    return (await world.folders.GetFolder(pb.GetFolderRequest(name=folder.name))).folder


async def begin(world: World, folder: Folder, **options: Any) -> Any:
    return await world.folders.SyncFolder(pb.SyncFolderRequest(name=folder.name, **options))


async def ended(world: World, operation: Any) -> Any:
    return await world.operations.WaitOperation(operations_pb2.WaitOperationRequest(name=operation.name))


async def sync(world: World, folder: Folder, **options: Any) -> dict[str, int]:
    """What a sync counts, without zeros."""
    operation = await ended(world, await begin(world, folder, **options))
    assert operation.done
    assert not operation.HasField("error"), operation.error
    response = pb.SyncFolderResponse()
    assert operation.response.Unpack(response)
    return counted(response.counts)


def counted(counts: FolderSyncCounts) -> dict[str, int]:
    return {field.name.removesuffix("_count"): value for field, value in counts.ListFields()}
