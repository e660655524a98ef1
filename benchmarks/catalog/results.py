"""What was measured, kept as JSON: one file for each label and size."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, Self

from benchmarks.catalog.measuring import Values
from benchmarks.machine import Machine

NOW: Final = "now"
BEFORE: Final = "before"
# Follows a label: of libraries whose people are those that they were made with, nearly the same.
UNSETTLED: Final = "-unsettled"


@dataclass(frozen=True, slots=True)
class Result:
    """One run, or what several runs found.

    Attributes:
        label: what was measured: the code of now, or that of before.
        photos: of the library.
        machine: that measured last.
        values: name of a figure -> its rounds.

    """

    label: str
    photos: int
    machine: Machine
    values: Values

    def median(self, name: str) -> float | None:
        """Return the median of a figure's rounds, or None if it wasn't measured."""
        figures = self.values.get(name)
        return median(figures) if figures else None

    def save(self, folder: Path) -> Path:
        """Write it into `folder`; figures that were there and were not measured again stay. Return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.label}-{self.photos}.json"
        before = self.load(path).values if path.exists() else {}
        whole = dataclasses.replace(self, values=before | self.values)
        path.write_text(json.dumps(dataclasses.asdict(whole), indent=1, sort_keys=True), "utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        fields = json.loads(path.read_text("utf-8"))
        machine = fields["machine"] | {"libraries": tuple(fields["machine"]["libraries"])}
        return cls(fields["label"], fields["photos"], Machine(**machine), fields["values"])


Results = Mapping[tuple[str, int], Result]


def load_results(folder: Path) -> dict[tuple[str, int], Result]:
    """Return all results of a folder, by label and size."""
    results = [Result.load(path) for path in sorted(folder.glob("*-*.json"))]
    return {(result.label, result.photos): result for result in results}
