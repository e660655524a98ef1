"""Runs the measurements, each kind on a copy of the settled library."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from rich.progress import Progress

from albumen.catalog.v1.library_service_pb2 import GetLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.catalog.v1.people_service_pb2 import ListFacesRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.catalog.v1.search_service_pb2 import SearchFacesRequest, SearchQuery
from albumen.catalog.v1.search_service_pb2_grpc import SearchServiceStub
from benchmarks.catalog.busy import measure_readers, measure_watching
from benchmarks.catalog.folder_sync import measure_sync
from benchmarks.catalog.internals import SUFFIX, blocks_of, drop_snapshot
from benchmarks.catalog.measuring import Budget, Values, measure_call
from benchmarks.catalog.parallel import measure_parallel
from benchmarks.catalog.prepared import LIBRARY, PARENT, Prepared, recluster
from benchmarks.catalog.reads import NAMES_A_PAGE, reading_calls
from benchmarks.catalog.service import UPKEEP_SECONDS, RunningCatalog, Vision, running_catalog, running_vision
from benchmarks.catalog.subjects import find_subjects
from benchmarks.catalog.twin import measure_twin
from benchmarks.catalog.writes import writing_calls
from benchmarks.progress import step

READS: Final = (
    "get_image", "list_sources", "list_images", "list_images_name", "list_images_label", "list_images_labels",
    "list_images_person", "list_images_filter", "summarize_images", "list_timeline", "list_people", "get_person",
    "list_faces", "list_faces_largest", "list_faces_pair", "search_faces", "search_people", "suggest_merges",
)  # fmt: skip
# Stalls are rare, so a write is measured more often than a read; so many photos fill DuckDB's log once.
WRITES: Final = {
    "update_person": Budget(100, 5),
    "index_faceless": Budget(200, 10),
    "index": Budget(1200, 60),
    "delete_image": Budget(150, 20),
}
PARALLEL: Final = "parallel"
READERS: Final = "readers"
WATCHING: Final = "watching"
SYNC: Final = "sync"
FILE: Final = "file"
START: Final = "start"
RECLUSTER: Final = "recluster"
SQLITE: Final = "sqlite"
ROWS: Final = (*READS, *WRITES, READERS, WATCHING, PARALLEL, FILE, START, SYNC, RECLUSTER, SQLITE)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that measurements share.

    Attributes:
        prepared: the library.
        folder: for copies and logs.
        vision: the fakes.
        rows: what to measure, of `ROWS`.
        rounds: of each.
        advance: called after each row.

    """

    prepared: Prepared
    folder: Path
    vision: Vision
    rows: Collection[str]
    rounds: int
    advance: Callable[[], None]

    def wants(self, *rows: str) -> bool:
        """Whether any of these is to be measured."""
        return any(row in self.rows for row in rows)

    @contextmanager
    def catalog(self, name: str, make: Callable[[Path], object]) -> Iterator[RunningCatalog]:
        """Run a catalog on a folder that `make` fills."""
        libraries = self.folder / name
        make(libraries)
        with running_catalog(libraries, self.folder / "logs", self.vision) as catalog:
            yield catalog


def measure(prepared: Prepared, rows: Collection[str], rounds: int, progress: Progress) -> Iterator[Values]:
    """Measure some of `ROWS`, in so many rounds; yield figures as they are found.

    Raises:
        CommandError: a catalog did not come to serve.

    """
    work = prepared.folder.parent / "work"
    work.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
        vision = stack.enter_context(running_vision(prepared.newcomers))
        advance = stack.enter_context(step(progress, f"Measuring {prepared.recipe.photos:,}", len(rows)))
        bench = Bench(prepared, folder, vision, rows, rounds, advance)
        yield prepared.settling
        if bench.wants(SQLITE):
            shutil.copy(prepared.twin, folder / "sqlite.db")
            yield measure_twin(folder / "sqlite.db", prepared.recipe)
            advance()
        empty = _empty(bench) if bench.wants(START) else {}
        yield empty
        if bench.wants(*READS, *WRITES, READERS, WATCHING, PARALLEL, FILE, START):
            yield from _calls(bench, empty)
        if bench.wants(SYNC):
            yield measure_sync(prepared, folder, vision)
            advance()
        if bench.wants(START, RECLUSTER):
            yield from _without_snapshot(bench)


def _empty(bench: Bench) -> Values:
    """Measure a catalog that has no library but an empty one."""
    with bench.catalog("empty", lambda folder: folder.mkdir()) as catalog:
        catalog.wait_until_idle()
        return _memory("start_empty", catalog)


def _calls(bench: Bench, empty: Values) -> Iterator[Values]:
    """Measure a start beside that of an empty catalog, then calls: reads first, on the library as it was settled."""
    recipe, numbers = bench.prepared.recipe, count()
    with bench.catalog("settled", bench.prepared.copy) as catalog:
        if bench.wants(START):
            started = _started("start_with", catalog)
            more = started["start_with.resident"][0] - empty["start_empty.resident"][0]
            yield started | {"start_with.face_bytes": [more / recipe.photos]}
        subjects = find_subjects(catalog, recipe)
        budgets = dict.fromkeys(READS, Budget()) | WRITES
        for name, call in (reading_calls(catalog, subjects) | writing_calls(catalog, subjects, numbers)).items():
            if bench.wants(name):
                yield _with_names(measure_call(catalog, name, call, budgets[name], bench.rounds), recipe.photos)
                bench.advance()
        if bench.wants(READERS):
            yield measure_readers(catalog, numbers, bench.rounds)
            bench.advance()
        if bench.wants(WATCHING):
            yield measure_watching(catalog, numbers, bench.rounds)
            bench.advance()
        if bench.wants(PARALLEL):
            yield measure_parallel(catalog, next(numbers), bench.rounds)
            bench.advance()
        if bench.wants(FILE):
            catalog.wait_until_idle(UPKEEP_SECONDS)
        images = LibraryServiceStub(catalog.channel).GetLibrary(GetLibraryRequest(name=PARENT)).library.image_count
        yield {"run.peak": [float(catalog.usage().peak_bytes)]}
    if bench.wants(FILE):
        yield _file("file", bench.folder / "settled", images)
        yield _file("file_settled", bench.prepared.folder / "libraries", recipe.photos)
        bench.advance()
    shutil.rmtree(bench.folder / "settled")


def _without_snapshot(bench: Bench) -> Iterator[Values]:
    def make(folder: Path) -> None:
        drop_snapshot(bench.prepared.copy(folder) / f"{LIBRARY}{SUFFIX}")

    with bench.catalog("without", make) as catalog:
        if bench.wants(START):
            yield _started("start_without", catalog)
            bench.advance()
        if bench.wants(RECLUSTER):
            yield recluster(catalog, lambda _: None)
            bench.advance()
    shutil.rmtree(bench.folder / "without")


def _with_names(values: Values, photos: int) -> Values:
    """Add what a single name costs of a list of names."""
    names = min(NAMES_A_PAGE, photos)
    pages = values.get("list_sources.cpu", [])
    return values | ({"list_sources.name_cpu": [page / names for page in pages]} if pages else {})


def _started(name: str, catalog: RunningCatalog) -> Values:
    """Return what a start took until a search was answered, which no library can before it is loaded."""
    (face,) = PeopleServiceStub(catalog.channel).ListFaces(ListFacesRequest(parent=PARENT, page_size=1)).faces
    SearchServiceStub(catalog.channel).SearchFaces(SearchFacesRequest(parent=PARENT, query=SearchQuery(face=face.name)))
    return _memory(name, catalog)


def _memory(name: str, catalog: RunningCatalog) -> Values:
    usage = catalog.usage()
    return {
        f"{name}.cpu": [usage.cpu_seconds], f"{name}.resident": [float(usage.resident_bytes)],
        f"{name}.peak": [float(usage.peak_bytes)], f"{name}.peak_ratio": [usage.peak_bytes / usage.resident_bytes],
    }  # fmt: skip


def _file(name: str, libraries: Path, photos: int) -> Values:
    path = libraries / f"{LIBRARY}{SUFFIX}"
    parts = [*libraries.glob(f"{LIBRARY}{SUFFIX}*"), *libraries.glob(f"{LIBRARY}{SUFFIX}*/*")]
    size = sum(part.stat().st_size for part in parts if part.is_file())
    total, free = blocks_of(path)
    return {
        f"{name}.bytes": [float(size)],
        f"{name}.photo_bytes": [size / photos],
        f"{name}.free": [100 * free / max(total, 1)],
    }
