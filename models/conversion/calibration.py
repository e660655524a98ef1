"""Reads and writes `facenet.toml` and `centerface.toml`: measured on photos once, so that a conversion needs none."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.conversion.graph import Array
from models.conversion.quantise import Range

FACENET = Path(__file__).with_name("facenet.toml")
CENTERFACE = Path(__file__).with_name("centerface.toml")

_VALUES_PER_LINE = 8
_DIGITS_PER_LINE = 96


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Measurements of a network on a set of images.

    Attributes:
        mean: average of their embeddings, float64 [512], not normalised; empty for a detector.
        ranges: smallest and largest value of each activation that becomes bytes, by tensor.
        doublings: the digits that `equalise` takes, by tensor.

    """

    mean: Array
    ranges: Mapping[str, Range]
    doublings: Mapping[str, str] = field(default_factory=dict)

    def text(self, remarks: Iterable[str]) -> str:
        """Return the content of the file, with remarks on top."""
        return "\n".join([*(f"# {remark}" for remark in remarks), *self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        if self.mean.size:
            yield "mean = ["
            for start in range(0, len(self.mean), _VALUES_PER_LINE):
                yield "  " + " ".join(f"{value:.6f}," for value in self.mean[start : start + _VALUES_PER_LINE])
            yield "]"
            yield ""
        yield "[ranges]"
        for name, (low, high) in self.ranges.items():
            yield f'"{name}" = [{low:.5f}, {high:.5f}]'
        if self.doublings:
            yield ""
            yield "[doublings]"
        for name, digits in self.doublings.items():
            yield f'"{name}" = ['
            for start in range(0, len(digits), _DIGITS_PER_LINE):
                yield f'  "{digits[start : start + _DIGITS_PER_LINE]}",'
            yield "]"


def read_calibration(path: Path) -> Calibration:
    """Read a file that `Calibration.text` wrote."""
    document = tomllib.loads(path.read_text("utf-8"))
    ranges = {name: (low, high) for name, (low, high) in document["ranges"].items()}
    doublings = {name: "".join(lines) for name, lines in document.get("doublings", {}).items()}
    return Calibration(np.array(document.get("mean", []), np.float64), ranges, doublings)
