"""The results of clustering and search, as claims with bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.serving.row import Row, Sense
from benchmarks.table import Table

Figures = Mapping[str, float]
Runs = Mapping[tuple[str, int], Sequence[Figures]]

# PictoPy's reclustering of everything, seconds, run on a 2-core machine of the kind that these bars were set on.
PICTOPY: Final = {5_000: 27.0, 10_000: 108.0}
# How much more of a core others may take for the same search.
RIVALS: Final = (("faiss", "FAISS's flat index", 4), ("usearch", "usearch's exact search", 6))
LARGE: Final = 100_000
HUGE: Final = 1_000_000
_MEGABYTE: Final = 1e6
_BAR_SPEEDUP: Final = 25


@dataclass(frozen=True, slots=True)
class Findings:
    """All figures of one run.

    Attributes:
        runs: (task, faces) -> figures of each round.
        reference: faces that scikit-learn was given.

    """

    runs: Runs
    reference: int

    def claims(self) -> Table:
        """Return the claims and whether they hold."""
        cells = tuple(row.cells() for row in self.rows())
        return Table("Claims", ("Claim", "Measured", "Bar", "Verdict"), cells)

    def rows(self) -> list[Row]:
        """Return the claims of which there are figures."""
        rows = self._speedups() + self._rivals()
        for task, faces, figure, claim, bar, unit, factor in (
            ("full_run", LARGE, "peak", "full run of 100,000 faces, peak memory", 700, " MB", 1 / _MEGABYTE),
            ("sampled_run", HUGE, "cpu", "full run of 1,000,000, CPU, from sampled tiles", 25, " min", 1 / 60),
            ("sampled_run", HUGE, "peak", "full run of 1,000,000, peak memory", 6000, " MB", 1 / _MEGABYTE),
            ("changes", LARGE, "insert p50", "index: insert a face at 100,000, p50", 3, " ms", 1e3),
            ("full_run", HUGE, "cpu", "full run of 1,000,000, CPU", 25, " min", 1 / 60),
            ("full_run", HUGE, "peak", "full run of 1,000,000, peak memory", 6000, " MB", 1 / _MEGABYTE),
            ("prebuilt_changes", HUGE, "insert p50", "index: insert a face at 1,000,000, p50", 20, " ms", 1e3),
            ("prebuilt_changes", HUGE, "peak", "index of 1,000,000, peak memory", 6000, " MB", 1 / _MEGABYTE),
            ("changes", LARGE, "delete p50", "index: delete a face at 100,000, p50", 5, " ms", 1e3),
            ("changes", LARGE, "delete worst", "index: delete a face at 100,000, worst", 1000, " ms", 1e3),
            ("changes", LARGE, "delete inside worst", "index: delete in the largest cluster, worst", 1000, " ms", 1e3),
            ("search", LARGE, "top p50", "exact top 50 at 100,000, p50", 3, " ms", 1e3),
            ("search", HUGE, "top p50", "exact top 50 at 1,000,000, p50", 20, " ms", 1e3),
            ("library", LARGE, "open", "open a library of 100,000 faces", 3, " s", 1),
            ("library", LARGE, "gone worst", "delete a photo of 2 faces at 100,000, worst", 1000, " ms", 1e3),
            ("changes", LARGE, "restore", "restore 100,000 faces, rows in memory", 1.5, " s", 1),
        ):
            if (task, faces) in self.runs:
                values = [run[figure] * factor for run in self.runs[task, faces]]
                rows.append(_row(claim, values, bar, Sense.AT_MOST, unit))
        return rows

    def growth(self) -> Table:
        """Return the figures of each size."""
        sizes = sorted({faces for task, faces in self.runs if task in ("search", "sampled_run")})
        cells = tuple(self._size(faces) for faces in sizes)
        columns = (
            "Faces",
            "Full run, CPU s",
            "Range p50, ms",
            "Compared in full",
            "Top 50 p50 / p90, ms",
            "Insert p50, ms",
        )
        return Table("Growth", columns, cells)

    def limits(self) -> Table:
        """Return how much of what the machine can do is reached."""
        machine = self.runs["limits", 4000][0]
        cells = []
        for task, faces in (("full_run", LARGE), ("full_run", HUGE), ("sampled_run", HUGE)):
            if (task, faces) in self.runs:
                rate = faces * (faces - 1) * self._median(task, faces, "width") / self._median(task, faces, "cpu")
                cells.append((f"short codes of a full run, {faces:,}", f"{rate / 1e9:.0f} GOP/s",
                              f"{rate / machine['int8']:.0%} of {machine['int8'] / 1e9:.0f}"))  # fmt: skip
        for faces in (LARGE, HUGE):
            if ("search", faces) in self.runs:
                read = faces * self._median("search", faces, "width") / self._median("search", faces, "range cpu")
                cells.append((f"range search, {faces:,}", f"{read / 1e9:.1f} GB/s",
                              f"{read / machine['read']:.0%} of {machine['read'] / 1e9:.0f}"))  # fmt: skip
        return Table("Limits", ("What", "Reached by a core", "Of what product and memory can do"), tuple(cells))

    def distances(self) -> Figures:
        """Return how the faces lie."""
        return self.runs["limits", 4000][0]

    def _speedups(self) -> list[Row]:
        reference = self.runs["scikit_learn", self.reference]
        rows = []
        if ("full_run", LARGE) in self.runs:
            scale = (LARGE / self.reference) ** 2
            ratios = [
                own["cpu"] and other["cpu"] * scale / own["cpu"]
                for own, other in zip(self.runs["full_run", LARGE], reference, strict=True)
            ]
            claim = f"full run of 100,000 faces, CPU against scikit-learn's at {self.reference:,}, scaled by the square"
            failed = "" if all(run["equal"] for run in reference) else "Labels differ."
            rows.append(_row(claim, ratios, _BAR_SPEEDUP, Sense.AT_LEAST, "x", failed))
        for faces, seconds in PICTOPY.items():
            if ("full_run", faces) in self.runs:
                ratios = [seconds / run["wall"] for run in self.runs["full_run", faces]]
                claim = f"full run of {faces:,} faces against PictoPy's published {seconds:.0f} s"
                rows.append(_row(claim, ratios, 100, Sense.AT_LEAST, "x"))
        return rows

    def _rivals(self) -> list[Row]:
        rows = []
        for faces in (LARGE, HUGE):
            runs = self.runs.get(("rivals", faces), ())
            for name, title, bar in RIVALS:
                ratios = [run[name] / run["own"] for run in runs]
                failed = "" if all(run["equal"] for run in runs) else "They found others."
                if ratios:
                    claim = f"exact top 50 at {faces:,}, CPU against {title}, one thread"
                    rows.append(_row(claim, ratios, bar, Sense.AT_LEAST, "x", failed))
        return rows

    def _size(self, faces: int) -> tuple[str, ...]:
        full = "sampled_run" if ("sampled_run", faces) in self.runs else "full_run"
        insert = "prebuilt_changes" if ("prebuilt_changes", faces) in self.runs else "changes"
        tops = [self._median("search", faces, name) * 1e3 for name in ("top p50", "top p90")]
        return (
            f"{faces:,}",
            f"{self._median(full, faces, 'cpu'):.2f}",
            f"{self._median('search', faces, 'range p50') * 1e3:.2f}",
            f"{self._median('search', faces, 'range candidates'):.2%}",
            f"{tops[0]:.2f} / {tops[1]:.2f}",
            f"{self._median(insert, faces, 'insert p50') * 1e3:.2f}",
        )

    def _median(self, task: str, faces: int, figure: str) -> float:
        return median(run[figure] for run in self.runs[task, faces])


def _row(claim: str, values: Sequence[float], bar: float, sense: Sense, unit: str, failed: str = "") -> Row:
    return Row(claim, median(values), bar, sense, unit, (min(values), max(values)), "See the limits below.", failed)
