from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.longrunning import operations_pb2_grpc as operations_grpc

from albumen.catalog.v1 import album_service_pb2_grpc as album_grpc
from albumen.catalog.v1 import backup_service_pb2_grpc as backup_grpc
from albumen.catalog.v1 import event_service_pb2_grpc as events_grpc
from albumen.catalog.v1 import folder_service_pb2_grpc as folder_grpc
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import image_service_pb2_grpc as image_grpc
from albumen.catalog.v1 import library_service_pb2_grpc as library_grpc
from albumen.catalog.v1 import people_edit_service_pb2_grpc as edits_grpc
from albumen.catalog.v1 import people_service_pb2_grpc as people_grpc
from albumen.catalog.v1 import picture_service_pb2_grpc as picture_grpc
from albumen.catalog.v1 import search_service_pb2_grpc as search_grpc
from albumen.catalog.v1 import summary_service_pb2_grpc as summary_grpc
from albumen.catalog.v1.image_pb2 import Image
from services.catalog.__main__ import build
from services.catalog.library import Library
from services.catalog.settings import CatalogSettings
from services.catalog.storage.pending import Pending
from tests.catalog.fake_vision import Script, serve_detector, serve_embedder
from tests.catalog.leasing import opened
from tests.serving import channel_to, serving


@dataclass
class World:
    """A catalog service with a scripted detector and embedder."""

    script: Script
    detector: grpc.aio.Server
    embedder: grpc.aio.Server
    detector_target: str
    target: str
    images: "image_grpc.ImageServiceAsyncStub"
    people: "people_grpc.PeopleServiceAsyncStub"
    libraries: "library_grpc.LibraryServiceAsyncStub"
    edits: "edits_grpc.PeopleEditServiceAsyncStub"
    search: "search_grpc.SearchServiceAsyncStub"
    albums: "album_grpc.AlbumServiceAsyncStub"
    summaries: "summary_grpc.SummaryServiceAsyncStub"
    pictures: "picture_grpc.PictureServiceAsyncStub"
    events: "events_grpc.EventServiceAsyncStub"
    backups: "backup_grpc.BackupServiceAsyncStub"
    folders: "folder_grpc.FolderServiceAsyncStub"
    operations: Any

    async def index(self, image: bytes, parent: str = "", source_uri: str = "") -> Image:
        header = image_pb.ImageHeader(parent=parent, source_uri=source_uri)
        request = image_pb.IndexImageBytesRequest(header=header, content=image)
        return (await self.images.IndexImageBytes(request)).image


@asynccontextmanager
async def open_world(libraries_dir: Path, script: Script, **others: Any) -> AsyncIterator[World]:
    detector, detector_target = await serve_detector(script)
    embedder, embedder_target = await serve_embedder(script)
    bounds = {"max_image_bytes": 100_000, "max_image_pixels": 10_000}
    settings = CatalogSettings(
        listen="127.0.0.1:0",
        libraries_dir=libraries_dir,
        detector_target=detector_target,
        embedder_target=embedder_target,
        **(bounds | others),
    )
    async with serving(settings, build(settings)) as target, channel_to(target) as channel:
        yield World(
            script,
            detector,
            embedder,
            detector_target,
            target,
            image_grpc.ImageServiceStub(channel),
            people_grpc.PeopleServiceStub(channel),
            library_grpc.LibraryServiceStub(channel),
            edits_grpc.PeopleEditServiceStub(channel),
            search_grpc.SearchServiceStub(channel),
            album_grpc.AlbumServiceStub(channel),
            summary_grpc.SummaryServiceStub(channel),
            picture_grpc.PictureServiceStub(channel),
            events_grpc.EventServiceStub(channel),
            backup_grpc.BackupServiceStub(channel),
            folder_grpc.FolderServiceStub(channel),
            operations_grpc.OperationsStub(channel),
        )
    await detector.stop(None)
    await embedder.stop(None)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "libraries", Script()) as world:
        yield world


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.duckdb"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    library = Library(path, "a")
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the libraries a, b and c."""
    with opened(tmp_path, 0) as catalog:
        for library_id in ("a", "b", "c"):
            catalog.create(library_id)
    return tmp_path


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows waited, each time that some were put into their tables."""
    times: list[int] = []
    write = Pending.write

    def noted(pending: Pending) -> None:
        times.append(len(pending._rows))
        write(pending)

    monkeypatch.setattr(Pending, "write", noted)
    return times
