"""The results as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.catalog.claims import CLAIMS
from benchmarks.catalog.growth import Growth, Shape
from benchmarks.catalog.results import BEFORE, NOW, Result, Results
from benchmarks.table import Table

# Title and name of each row whose growth is shown, and why it may grow in proportion; empty: it should not.
_SCAN: Final = "An exact search compares the face with the short code of every other one."
_LOAD: Final = "A start reads every face."
_ALL: Final = "It looks at everybody."
_OWNERS: Final = "It looks at whose every face is."
_PLACES: Final = "It looks at the name of every place."
_BOUNDS: Final = "Each of its statements looks at the bounds of every 2,048 rows, 0.7 ms in a million rows."
_COLUMNS: Final = "It looks at what is known of every photo, in memory."
CALLS: Final[Mapping[str, tuple[str, str]]] = {
    "index": ("index a photo of one face", _SCAN),
    "index_faceless": ("index a photo without a face", ""),
    "parallel": ("index a photo, 8 clients", _SCAN),
    "get_image": ("GetImage", _BOUNDS),
    "list_sources": ("ListSources, 1,000 names", _PLACES),
    "list_images": ("ListImages 50", _BOUNDS),
    "list_images_name": ("ListImages 50, read_mask name", _BOUNDS),
    "list_images_label": ("ListImages 50 of a label", _BOUNDS),
    "list_images_labels": ("ListImages 50 of three labels", _BOUNDS),
    "list_images_person": ("ListImages 50 of a person of two faces", _OWNERS),
    "list_images_filter": ("ListImages 50 by an expression, newest first", _COLUMNS),
    "summarize_images": ("SummarizeImages, all facets", _COLUMNS),
    "list_timeline": ("ListTimelineBuckets 50, days", _COLUMNS),
    "list_people": ("ListPeople 50", _ALL),
    "get_person": ("GetPerson", ""),
    "list_faces": ("ListFaces 250 with thumbnails", _BOUNDS),
    "list_faces_largest": ("ListFaces 250 with thumbnails, person with most faces", _OWNERS),
    "list_faces_pair": ("ListFaces with thumbnails, person of two faces", _OWNERS),
    "search_faces": ("SearchFaces by a face", _SCAN),
    "search_people": ("SearchPeople by a face", _SCAN),
    "suggest_merges": ("SuggestMerges 50", _ALL),
    "delete_image": ("DeleteImage", _SCAN),
    "update_person": ("UpdatePerson, a name", ""),
}
_WHOLE: Final[Mapping[str, tuple[str, str, float]]] = {
    "recluster.cpu": ("ReclusterLibrary, CPU s", _ALL, 1),
    "recluster.wall": ("ReclusterLibrary, wall s", _ALL, 1),
    "settle.cpu": ("ReclusterLibrary of a library never settled, CPU s", _ALL, 1),
    "index_known.wall": ("albumen index of known files, s", _PLACES, 1),
    "sync.wall": ("SyncFolder of unchanged files, s", _PLACES, 1),
    "readers_1.p95": ("pages of 50 beside 1 indexing client, 1 reader, p95 ms", _COLUMNS, 1),
    "readers_8.p95": ("the same, 8 readers", _COLUMNS, 1),
    "watching.p99": ("an event after the answer, p99 ms", "", 1),
    "watching.cost": ("index a photo while somebody watches, beside nobody", "", 1),
    "start_with.cpu": ("start with a snapshot, CPU s", _LOAD, 1),
    "start_without.cpu": ("start without a snapshot, CPU s", _LOAD, 1),
    "start_empty.cpu": ("start of an empty catalog, CPU s", "", 1),
    "start_with.resident": ("memory after a start with a snapshot, MB", _LOAD, 1e-6),
    "start_with.peak": ("peak of it, MB", _LOAD, 1e-6),
    "start_without.resident": ("memory after a start without, MB", _LOAD, 1e-6),
    "start_without.peak": ("peak of it, MB", _LOAD, 1e-6),
    "run.peak": ("peak of the whole run, MB", _LOAD, 1e-6),
    "start_empty.resident": ("memory of an empty catalog, MB", "", 1e-6),
    "start_with.face_bytes": ("memory a face over that, bytes", "", 1),
    "file.photo_bytes": ("file after the run, bytes a photo", "", 1),
    "file.free": ("free blocks of it, %", "", 1),
    "file_settled.photo_bytes": ("file just settled, bytes a photo", "", 1),
    "sqlite_file.bytes": ("SQLite's file, bytes a photo", "", 1),
    "parallel.rate": ("photos a second, 8 clients", "", 1),
    "other_idle.p99": ("ListPeople of another library, p99 ms, idle", "", 1),
    "other_beside.p99": ("the same beside 8 indexing clients", "", 1),
    "other_beside.max": ("the slowest of it, ms", "", 1),
}
_TWIN: Final[Mapping[str, tuple[str, str]]] = {
    "sqlite_insert": ("insert a photo and commit, without people", "index"),
    "sqlite_get": ("get by SHA-256", "get_image"),
    "sqlite_list": ("list 50", "list_images"),
    "sqlite_label": ("list 50 of a label", "list_images_label"),
    "sqlite_person": ("list 50 of a person of two faces", "list_images_person"),
    "sqlite_faces": ("list 250 faces with thumbnails", "list_faces"),
    "sqlite_count": ("count photos", ""),
}


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was measured.

    Attributes:
        results: by label and size.

    """

    results: Results

    def sizes(self, label: str) -> list[int]:
        """Return the sizes that were measured under a label, ascending."""
        return sorted(photos for name, photos in self.results if name == label)

    def claims(self) -> Table:
        """Return what must be reached, beside what was before and what is now."""
        cells = tuple(claim.cells(self.results) for claim in CLAIMS)
        return Table("At 100,000 settled photos", ("what", "before", "bar", "now (range)", "verdict"), cells)

    def growth(self, label: str) -> Table:
        """Return CPU ms of each call by size, all other figures, and the curve of each."""
        figures = {f"{name}.cpu": (title, 1.0) for name, (title, _) in CALLS.items()}
        figures |= {name: (title, factor) for name, (title, _, factor) in _WHOLE.items()}
        rows = []
        for name, (title, factor) in figures.items():
            found = self._by_size(label, name, factor)
            if found:
                curve = Growth.fit(found)
                cells = (_print(found.get(photos)) for photos in self.sizes(label))
                rows.append((title, *cells, str(curve) if curve else "-"))
        columns = ("CPU ms a call, unless said otherwise", *(f"{photos:,}" for photos in self.sizes(label)), "growth")
        return Table(f"Growth, {label}", columns, tuple(rows))

    def linear(self, label: str) -> list[tuple[str, str]]:
        """Return what grows in proportion to the library, and why; nothing where there should be a reason."""
        reasons = {f"{name}.cpu": texts for name, texts in CALLS.items()}
        reasons |= {name: (title, reason) for name, (title, reason, _) in _WHOLE.items()}
        found = []
        for name, (title, reason) in reasons.items():
            curve = Growth.fit(self._by_size(label, name, 1))
            if curve and curve.shape is Shape.LINEAR:
                found.append((title, reason))
        return found

    def waits(self, result: Result) -> Table:
        """Return how long a caller waits, at one size; what was before is beside it."""
        before = None if result.label == BEFORE else self.results.get((BEFORE, result.photos))
        rows = []
        for name, (title, _) in CALLS.items():
            figures = [result.median(f"{name}.{each}") for each in ("cpu", "p50", "p99", "max", "yardstick")]
            if figures[1] is None:
                continue
            old = [before.median(f"{name}.{each}") for each in ("cpu", "p99", "yardstick")] if before else []
            calls = f"{result.median(f'{name}.calls') or 0:,.0f}"
            rows.append((title, *map(_print, figures), calls, *map(_print, old)))
        beside = ("before: CPU", "p99", "yardstick") if before else ()
        columns = ("ms", "CPU", "p50", "p99", "slowest", "yardstick", "calls", *beside)
        return Table(f"A call, {result.photos:,} photos, {result.label}", columns, tuple(rows))

    def twin(self, result: Result) -> Table:
        """Return what SQLite takes for the same rows."""
        rows = []
        for name, (title, ours) in _TWIN.items():
            own = result.median(f"{ours}.cpu") if ours else None
            if (other := result.median(f"{name}.cpu")) is not None:
                rows.append((title, _print(own), _print(other), f"{own / other:.0f}x" if own and other else "-"))
        columns = ("CPU ms", "catalog, over gRPC", "SQLite, in process", "ratio")
        return Table(f"Beside SQLite, {result.photos:,} photos", columns, tuple(rows))

    def latest(self) -> Sequence[Result]:
        """Return the results of the largest size up to 100,000 of each label, that of now last."""
        found = []
        for label in (BEFORE, NOW):
            sizes = [photos for photos in self.sizes(label) if photos <= 100_000]
            if sizes:
                found.append(self.results[label, sizes[-1]])
        return found

    def _by_size(self, label: str, name: str, factor: float) -> dict[int, float]:
        found = {photos: self.results[label, photos].median(name) for photos in self.sizes(label)}
        return {photos: factor * figure for photos, figure in found.items() if figure is not None}


def _print(figure: float | None) -> str:
    if figure is None:
        return "-"
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
