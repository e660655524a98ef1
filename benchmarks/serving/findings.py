"""The results under load, as claims and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.serving.crowd import CrowdRound, crowd_rows, crowd_table
from benchmarks.serving.detection import DetectionRound, detection_rows, detection_table
from benchmarks.serving.embedding import EmbeddingRound, embedding_rows, embedding_table
from benchmarks.serving.health import Checks, health_rows, health_table
from benchmarks.serving.indexing import IndexingRound, indexing_rows, indexing_table
from benchmarks.serving.memory import Growth, memory_rows, memory_table
from benchmarks.serving.overload import OverloadRound, overload_rows, overload_table
from benchmarks.serving.row import Row
from benchmarks.table import Table


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured.

    Attributes:
        embedding: the embedder beside direct calls, by round.
        detection: the detector beside naive use, by round.
        indexing: the whole way beside its stages, by round.
        overload: the detector with its default queue under too many calls, by round.
        overload_short: the same with a shorter queue.
        short_queue: photos that wait in it.
        crowd: the detector with ten times as many clients as it has room for, by round.
        health: seconds of health Checks under load, by service and round.
        memory: of each service.

    """

    embedding: Sequence[EmbeddingRound]
    detection: Sequence[DetectionRound]
    indexing: Sequence[IndexingRound]
    overload: Sequence[OverloadRound]
    overload_short: Sequence[OverloadRound]
    short_queue: int
    crowd: Sequence[CrowdRound]
    health: Checks
    memory: Mapping[str, Growth]

    def rows(self) -> list[Row]:
        """Return all claims."""
        (short, _) = overload_rows(self.overload_short, "")
        remedy = (
            f"Accepted photos wait behind a full queue. With `ALBUMEN_DETECTOR_QUEUE={self.short_queue}` (`queue` in "
            f"services/detector/settings.py) the ratio was {short.figure:.1f}x in this run."
        )
        return [
            *embedding_rows(self.embedding),
            *detection_rows(self.detection),
            *indexing_rows(self.indexing),
            *overload_rows(self.overload, remedy),
            *memory_rows(self.memory),
            *health_rows(self.health),
            *crowd_rows(self.crowd),
        ]

    def claims(self) -> Table:
        """Return the table of all claims."""
        rows = tuple(_numbered(number, row) for number, row in enumerate(self.rows(), 1))
        return Table("Under load", ("what", "median (range)", "bar", "verdict"), rows)

    def other_cores(self) -> float:
        """Return the most cores that other programs kept busy during a measurement that wall time decides."""
        spent = [each for one in self.embedding for each in (*one.served.values(), one.fp32, one.int8)]
        spent += [each for one in self.detection for each in (one.served, one.naive)]
        rest = [*(one.run.other_cores for one in self.indexing), *(one.other_cores for one in self.overload)]
        rest += [one.other_cores for one in self.crowd]
        return max(rest + [each.other_cores for each in spent])

    def tables(self) -> dict[str, Table]:
        """Return what was measured, by name."""
        short = f"queue of {self.short_queue}"
        return {
            "embedding": embedding_table(self.embedding),
            "detection": detection_table(self.detection),
            "indexing": indexing_table(self.indexing),
            "overload": overload_table({"default queue": self.overload, short: self.overload_short}),
            "crowd": crowd_table(self.crowd),
            "memory": memory_table(self.memory),
            "health": health_table(self.health),
        }


def _numbered(number: int, row: Row) -> tuple[str, ...]:
    claim, *rest = row.cells()
    return (f"{number}. {claim}", *rest)
