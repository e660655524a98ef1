"""What was measured once on faces, so that converting FaceNet needs none: `facenet.toml` beside this module."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.conversion.graph import Array
from models.conversion.quantise import Range

PATH = Path(__file__).with_name("facenet.toml")
_A_LINE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Measurements of FaceNet on a set of face crops.

    ``mean`` is the average of their embeddings, float64 [512], shorter than 1; ``ranges`` has the least and the
    largest value of each activation that becomes bytes, by tensor.
    """

    mean: Array
    ranges: Mapping[str, Range]

    def text(self, remarks: Iterable[str]) -> str:
        """Return the file's content, with remarks on top."""
        return "\n".join([*(f"# {remark}" for remark in remarks), *self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield "mean = ["
        for start in range(0, len(self.mean), _A_LINE):
            yield "  " + " ".join(f"{value:.6f}," for value in self.mean[start : start + _A_LINE])
        yield "]"
        yield ""
        yield "[ranges]"
        for name, (low, high) in self.ranges.items():
            yield f'"{name}" = [{low:.5f}, {high:.5f}]'


def read_calibration(path: Path = PATH) -> Calibration:
    """Read a file that `Calibration.text` made."""
    document = tomllib.loads(path.read_text("utf-8"))
    ranges = {name: (low, high) for name, (low, high) in document["ranges"].items()}
    return Calibration(np.array(document["mean"]), ranges)
