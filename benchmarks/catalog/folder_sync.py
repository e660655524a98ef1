"""Measures what it takes to find nothing new among the files of a library: `albumen index`, and SyncFolder."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from google.longrunning.operations_pb2 import WaitOperationRequest
from google.longrunning.operations_pb2_grpc import OperationsStub

from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.folder_service_pb2 import CreateFolderRequest, GetFolderRequest, SyncFolderRequest
from albumen.catalog.v1.folder_service_pb2_grpc import FolderServiceStub
from benchmarks.catalog.internals import SUFFIX, relocate
from benchmarks.catalog.measuring import Values
from benchmarks.catalog.prepared import LIBRARY, PARENT, Prepared
from benchmarks.catalog.rows import FOLDER, file_of
from benchmarks.catalog.service import RunningCatalog, Vision, running_catalog
from clients.cli.failure import CommandError

_ROUNDS: Final = 3


def measure_sync(prepared: Prepared, folder: Path, vision: Vision) -> Values:
    """Return the seconds that each takes where no file has changed since it was indexed.

    The files are made below `folder`: of the right size and time, and empty, so that nobody can read one unnoticed.

    Raises:
        CommandError: something was found.

    """
    photos, libraries = folder / "photos", folder / "known"
    for number in range(1, prepared.recipe.photos + 1):
        name, size, changed = file_of(number)
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
        os.utime(path, (changed, changed))
    relocate(prepared.copy(libraries) / f"{LIBRARY}{SUFFIX}", FOLDER, f"{photos.as_uri()}/")
    with running_catalog(libraries, folder / "logs", vision, folder_roots=photos) as catalog:
        catalog.wait_until_idle()
        indexing = [_indexing(catalog, photos) for _ in range(_ROUNDS)]
        stub = FolderServiceStub(catalog.channel)
        made = stub.CreateFolder(CreateFolderRequest(parent=PARENT, folder=Folder(root_uri=photos.as_uri()))).folder
        syncing = [_syncing(catalog, made, prepared.recipe.photos) for _ in range(_ROUNDS)]
    shutil.rmtree(photos)
    shutil.rmtree(libraries)
    # The first sync makes the files of the library the folder's.
    return {"index_known.wall": indexing, "sync_first.wall": syncing[:1], "sync.wall": syncing[1:]}


def _indexing(catalog: RunningCatalog, photos: Path) -> float:
    command = [sys.executable, "-m", "clients.cli", "--catalog", catalog.target, "index", str(photos)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"albumen index failed: {done.stderr.strip() or done.stdout.strip()}")
    return time.perf_counter() - started


def _syncing(catalog: RunningCatalog, folder: Folder, photos: int) -> float:
    folders = FolderServiceStub(catalog.channel)
    started = time.perf_counter()
    operation = folders.SyncFolder(SyncFolderRequest(name=folder.name))
    ended = OperationsStub(catalog.channel).WaitOperation(WaitOperationRequest(name=operation.name))
    wall = time.perf_counter() - started
    counts = folders.GetFolder(GetFolderRequest(name=folder.name)).folder.last_sync.counts
    if not ended.done or counts.unchanged_count != photos:
        raise CommandError(f"The sync found {counts.unchanged_count:,} of {photos:,} files unchanged.")
    return wall
