"""The time that a stretch of work took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.table import Table


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stretch of work took.

    Attributes:
        units: how much of the work was done, in photos or faces.
        seconds: wall time.
        service_cpu: CPU seconds of the services.
        client_cpu: CPU seconds of this process.
        other_cores: cores that the rest of the machine kept busy.

    """

    units: int
    seconds: float
    service_cpu: float
    client_cpu: float
    other_cores: float

    @property
    def rate(self) -> float:
        """Units a second of wall time."""
        return self.units / self.seconds

    @property
    def cpu_per_unit(self) -> float:
        """CPU seconds a unit, of all processes that took part."""
        return (self.service_cpu + self.client_cpu) / max(self.units, 1)


def spent_table(title: str, unit: str, ways: Mapping[str, Sequence[Spent]]) -> Table:
    """Return the medians of each way to do the same work."""
    rows = [
        (name, *(f"{median(values):.{digits}f}" for digits, values in (
            (1, [one.rate for one in runs]),
            (1, [1e3 * one.cpu_per_unit for one in runs]),
            (1, [1e3 * one.client_cpu / max(one.units, 1) for one in runs]),
            (2, [one.other_cores for one in runs]),
        )))
        for name, runs in ways.items()
    ]  # fmt: skip
    columns = ("", f"{unit}/s", f"CPU ms/{unit[:-1]}", "of it here", "others' cores")
    return Table(title, columns, tuple(rows))
