"""What a catalog with a large library must reach."""

from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Final

from benchmarks.catalog.results import BEFORE, NOW, UNSETTLED, Results
from benchmarks.serving.row import Row, Sense

SMALL: Final = 1_000
MIDDLE: Final = 20_000
LARGE: Final = 100_000
BUSY: Final = 200_000
HUGE: Final = 500_000


class Beside(Enum):
    """What a figure is divided by."""

    NOTHING = ""
    SMALL = "the same at 1,000 photos"
    BEFORE = "the same before"


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the table.

    Attributes:
        text: what is measured.
        name: of the figure.
        bar: what it must reach, or not exceed.
        unit: printed after it.
        photos: of the library.
        beside: what it is divided by.
        sense: on which side of the bar it has to be.
        was: what the first version took, on another machine, as it was found before this benchmark; empty if nobody
            looked.

    """

    text: str
    name: str
    bar: float
    unit: str = " ms"
    photos: int = LARGE
    beside: Beside = Beside.NOTHING
    sense: Sense = Sense.AT_MOST
    was: str = ""

    def figures(self, results: Results, label: str) -> list[float]:
        """Return what was measured under a label, by round; empty if it wasn't."""
        result = results.get((label, self.photos)) or results.get((label + UNSETTLED, self.photos))
        figures = result.values.get(self.name, []) if result else []
        if self.beside is Beside.NOTHING:
            return figures
        other = (label, SMALL) if self.beside is Beside.SMALL else (BEFORE, self.photos)
        divisor = results[other].median(self.name) if other in results else None
        return [figure / divisor for figure in figures] if divisor else []

    def row(self, results: Results, label: str = NOW) -> Row | None:
        """Return the claim with what was measured, or None if it wasn't."""
        figures = self.figures(results, label)
        if not figures:
            return None
        spread = (min(figures), max(figures))
        return Row(self.text, median(figures), self.bar, self.sense, self.unit, spread, "")

    def cells(self, results: Results) -> tuple[str, ...]:
        """Return it as it is printed: what, before, bar, now, verdict."""
        now, before = self.row(results), self.row(results, BEFORE)
        shown = Row(self.text, self.bar, self.bar, self.sense, self.unit, (self.bar, self.bar), "").cells()
        measured = before.cells()[1].partition(" (")[0] if before else self.was or "-"
        if now is None:
            return (self.text, measured, shown[2], "-", "not measured")
        return (self.text, measured, shown[2], *now.cells()[1:2], now.cells()[3])


CLAIMS: Final = (
    Claim("index a photo of one face, CPU", "index.cpu", 6, was="18.5 ms"),
    Claim("the same, beside its cost at 1,000", "index.cpu", 1.3, "x", beside=Beside.SMALL, was="2.8x"),
    Claim("the same, 99 % take", "index.p99", 40),
    Claim("the same, the slowest takes", "index.max", 250),
    Claim("the same at 500,000, CPU, beside its cost at 1,000", "index.cpu", 2, "x", HUGE, Beside.SMALL),
    Claim(
        "photos a second at 20,000, 8 clients, beside before",
        "parallel.rate",
        5,
        "x",
        MIDDLE,
        Beside.BEFORE,
        Sense.AT_LEAST,
    ),
    Claim("GetImage, CPU", "get_image.cpu", 1, was="5.0 ms"),
    Claim("ListSources by the thousand, CPU a name", "list_sources.name_cpu", 0.1),
    Claim("ListImages 50, CPU", "list_images.cpu", 5, was="14 ms"),
    Claim("ListImages 50 of a label, CPU", "list_images_label.cpu", 5, was="23 ms"),
    Claim("ListImages 50 of three labels, CPU", "list_images_labels.cpu", 5, was="21 ms"),
    Claim("ListImages 50 of a person of two faces, CPU", "list_images_person.cpu", 5, was="21 ms"),
    Claim("ListImages 50 by an expression, newest first, CPU", "list_images_filter.cpu", 10),
    Claim("SummarizeImages, all facets, CPU", "summarize_images.cpu", 30),
    Claim("ListTimelineBuckets 50, days, CPU", "list_timeline.cpu", 10),
    Claim("ListImages 50, read_mask name, CPU", "list_images_name.cpu", 1.5),
    Claim("ListFaces 250 with thumbnails, CPU", "list_faces.cpu", 12, was="75 ms"),
    Claim("the same of the person with most faces, CPU", "list_faces_largest.cpu", 12),
    Claim("the same of a person of two faces, CPU", "list_faces_pair.cpu", 3, was="12 ms"),
    Claim("SearchFaces by a face, CPU", "search_faces.cpu", 5, was="13 ms"),
    Claim("SearchPeople by a face, CPU", "search_people.cpu", 15, was="61 ms"),
    Claim("SuggestMerges, CPU", "suggest_merges.cpu", 40, was="610 ms"),
    Claim("ListPeople of another library beside 8 indexing clients, p99 beside idle", "other.ratio", 3, "x"),
    Claim("ReclusterLibrary, CPU", "recluster.cpu", 45, " s", was="240 to 300 s"),
    Claim("DeleteImage, 99 % take", "delete_image.p99", 40, was="129 ms"),
    Claim("DeleteImage, the slowest takes", "delete_image.max", 250, was="827 ms"),
    Claim("memory a face over an empty catalog", "start_with.face_bytes", 3000, " B", was="5500 B"),
    Claim("peak memory at start with a snapshot, beside that after it", "start_with.peak_ratio", 1.1, "x", was="1.6x"),
    Claim("peak memory at start without, beside that after it", "start_without.peak_ratio", 1.1, "x"),
    Claim("start without a snapshot, CPU of the whole process", "start_without.cpu", 2, " s", was="4.7 s"),
    Claim("start with a snapshot, CPU of the whole process", "start_with.cpu", 0.7, " s", was="1.4 s"),
    Claim(
        "100 libraries of 20,000, one after the other, memory",
        "libraries_100.resident",
        800,
        " MB",
        MIDDLE,
        was="2.3 GB for 20",
    ),
    Claim("albumen index of as many known files", "index_known.wall", 60, " s", was="half an hour"),
    Claim("SyncFolder of as many unchanged files", "sync.wall", 10, " s"),
    Claim("pages of 50 at 200,000 beside 1 indexing client, 1 reader, 95 % take", "readers_1.p95", 20, photos=BUSY),
    Claim("the same, 8 readers", "readers_8.p95", 20, photos=BUSY),
    Claim("WatchLibrary, 99 % of events come within, of the answer", "watching.p99", 100),
    Claim("index a photo while somebody watches, CPU, beside nobody", "watching.cost", 1.03, "x"),
    Claim("file, a photo", "file.photo_bytes", 9000, " B", was="13900 B"),
    Claim("free blocks of it after the run", "file.free", 15, " %", was="up to 47 %"),
)
