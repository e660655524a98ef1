"""What was measured once on photos, so that a conversion needs none: `facenet.toml`, `centerface.toml` beside this."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.conversion.graph import Array
from models.conversion.quantise import Range

FACENET = Path(__file__).with_name("facenet.toml")
CENTERFACE = Path(__file__).with_name("centerface.toml")

_A_LINE = 8
_DIGITS_A_LINE = 96


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Measurements of a network on a set of images.

    ``mean`` is the average of their embeddings, float64 [512], shorter than 1, and empty for a detector; ``ranges``
    has the least and the largest value of each activation that becomes bytes, by tensor; ``doublings`` has the
    digits that `equalise` takes, by tensor.
    """

    mean: Array
    ranges: Mapping[str, Range]
    doublings: Mapping[str, str] = field(default_factory=dict)

    def text(self, remarks: Iterable[str]) -> str:
        """Return the file's content, with remarks on top."""
        return "\n".join([*(f"# {remark}" for remark in remarks), *self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        if self.mean.size:
            yield "mean = ["
            for start in range(0, len(self.mean), _A_LINE):
                yield "  " + " ".join(f"{value:.6f}," for value in self.mean[start : start + _A_LINE])
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
            for start in range(0, len(digits), _DIGITS_A_LINE):
                yield f'  "{digits[start : start + _DIGITS_A_LINE]}",'
            yield "]"


def read_calibration(path: Path) -> Calibration:
    """Read a file that `Calibration.text` made."""
    document = tomllib.loads(path.read_text("utf-8"))
    ranges = {name: (low, high) for name, (low, high) in document["ranges"].items()}
    doublings = {name: "".join(lines) for name, lines in document.get("doublings", {}).items()}
    return Calibration(np.array(document.get("mean", []), np.float64), ranges, doublings)
