"""Measures a catalog that is asked for many libraries, one after the other."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from rich.progress import Progress

from albumen.catalog.v1.image_service_pb2 import GetImageRequest
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.people_service_pb2 import ListPeopleRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from benchmarks.catalog.internals import SUFFIX
from benchmarks.catalog.measuring import Values
from benchmarks.catalog.prepared import Prepared
from benchmarks.catalog.recipe import sha256_of
from benchmarks.catalog.service import running_catalog, running_vision
from benchmarks.progress import step
from clients.cli.failure import CommandError

_MEGABYTE: Final = 1e6
_SPARE_BYTES: Final = 2_000_000_000
_CALL_SECONDS: Final = 600


def measure_many(prepared: Prepared, libraries: int, progress: Progress) -> Values:
    """Ask each of many copies of a library for a photo and for its people; return the memory after that.

    Raises:
        CommandError: the disk has no room for the copies, or the catalog did not come to serve.

    """
    work = prepared.folder.parent / "work"
    work.mkdir(parents=True, exist_ok=True)
    _check_room(prepared, libraries, work)
    with (
        tempfile.TemporaryDirectory(dir=work) as folder,
        running_vision(prepared.newcomers) as vision,
        step(progress, f"{libraries} libraries", libraries) as advance,
    ):
        home = Path(folder) / "libraries"
        home.mkdir(mode=0o700)
        with running_catalog(home, Path(folder) / "logs", vision) as catalog:
            images: ImageServiceStub = ImageServiceStub(catalog.channel)
            people: PeopleServiceStub = PeopleServiceStub(catalog.channel)
            for number in range(libraries):
                parent = f"libraries/copy-{number:03}"
                prepared.copy_library(home / f"copy-{number:03}{SUFFIX}")
                name = f"{parent}/images/{sha256_of(prepared.recipe.photos, number + 1)}"
                images.GetImage(GetImageRequest(name=name), timeout=_CALL_SECONDS)
                people.ListPeople(ListPeopleRequest(parent=parent), timeout=_CALL_SECONDS)
                advance()
            usage = catalog.usage()
    return {
        f"libraries_{libraries}.resident": [usage.resident_bytes / _MEGABYTE],
        f"libraries_{libraries}.peak": [usage.peak_bytes / _MEGABYTE],
    }


def _check_room(prepared: Prepared, libraries: int, folder: Path) -> None:
    size = sum(path.stat().st_size for path in (prepared.folder / "libraries").iterdir())
    free = shutil.disk_usage(folder).free
    if libraries * size + _SPARE_BYTES > free:
        raise CommandError(
            f"{libraries} libraries take {libraries * size / 1e9:.0f} GB, and the disk has {free / 1e9:.0f} GB left.",
            advice="Ask for fewer, or for smaller ones with --size.",
        )
