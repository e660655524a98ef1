"""The results of the benchmark, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.rounds import Round, cpu_ratio, speed_ratio
from benchmarks.run import BASELINES, CLIENT, System
from benchmarks.size import MEGABYTE, Size
from benchmarks.stages import Stage
from benchmarks.startup import SERVICES, Startup
from benchmarks.table import Table
from benchmarks.usage import Usage

_SPEED: Final = ("photos/s", "speed ratio", "CPU s/photo", "CPU ratio")
_RATIOS: Final = "Ratios: the services beside this row; above 1 the services win."
_REST: Final = "the rest: gRPC, protobuf, event loop, contention"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured.

    Attributes:
        rounds: one pass of each system a round.
        idle: each service just after the start.
        used: each service after all rounds.
        startups: each start of the services.
        stages: CPU seconds a photo of each step.
        sizes: of each extra; empty if they were left out.

    """

    rounds: Sequence[Round]
    idle: Mapping[str, Usage]
    used: Mapping[str, Usage]
    startups: Sequence[Startup]
    stages: Mapping[Stage, float]
    sizes: Sequence[Size]

    def tables(self) -> dict[str, Table]:
        """Return the tables by name."""
        tables = {
            "throughput": self._throughput(),
            "rounds": self._each_round(),
            "stages": self._where_cpu_goes(),
            "memory": self._memory(),
            "startup": self._startup(),
        }
        return {**tables, "size": self._size()} if self.sizes else tables

    def _throughput(self) -> Table:
        rows = []
        for system in System:
            runs = [one[system] for one in self.rounds]
            speed = median(run.photos_per_second for run in runs)
            faster = median(speed_ratio(one, system) for one in self.rounds)
            cpu = median(run.cpu_per_photo for run in runs)
            less = median(cpu_ratio(one, system) for one in self.rounds)
            figures = (f"{speed:.1f}", f"{faster:.2f}x", f"{cpu:.3f}", f"{less:.2f}x")
            rows.append((system.value, *figures, f"{runs[-1].faces}", f"{runs[-1].people}"))
        return Table("Throughput, medians of the rounds", ("", *_SPEED, "faces", "people"), tuple(rows), _RATIOS)

    def _each_round(self) -> Table:
        rows = [
            (f"{number}. {system}", f"{run.photos_per_second:.1f}", f"{speed_ratio(one, system):.2f}x",
             f"{run.cpu_per_photo:.3f}", f"{cpu_ratio(one, system):.2f}x", f"{run.other_cores:.2f}")
            for number, one in enumerate(self.rounds, 1)
            for system, run in one.items()
        ]  # fmt: skip
        return Table("Each round", ("round", *_SPEED, "others' cores"), tuple(rows), _RATIOS)

    def _where_cpu_goes(self) -> Table:
        names = (*SERVICES, CLIENT)
        runs = [one[System.SERVICES] for one in self.rounds]
        spent = {name: median(run.cpu_seconds[name] / run.photos for run in runs) for name in names}
        rows = []
        for name in names:
            steps = {stage.name: seconds for stage, seconds in self.stages.items() if stage.service == name}
            rows.append((f"{name}, in all", spent[name]))
            rows += [(f"- {step}", seconds) for step, seconds in steps.items()]
            if steps:
                rows.append((f"- {_REST}", spent[name] - sum(steps.values())))
        total = sum(spent.values())
        cells = tuple(
            (step, f"{seconds * 1e3:.1f}", f"{round(seconds / total, 2) + 0.0:.0%}") for step, seconds in rows
        )
        return Table("Where the services' CPU time goes", ("", "CPU ms/photo", "share"), cells)

    def _memory(self) -> Table:
        memory = {name: (self.idle[name].resident_bytes, self.used[name].peak_bytes) for name in SERVICES}
        memory["all three"] = (sum(idle for idle, _ in memory.values()), sum(peak for _, peak in memory.values()))
        rows = [(name, _megabytes(idle), _megabytes(peak)) for name, (idle, peak) in memory.items()]
        peaks = {name: max(one[name].peak_bytes for one in self.rounds) for name in BASELINES}
        rows += [(name.value, "", _megabytes(peak)) for name, peak in peaks.items()]
        return Table("Memory, MB", ("process", "idle after start", "peak"), tuple(rows))

    def _startup(self) -> Table:
        middle = Startup.median(self.startups)
        columns = ("until it serves", "median s", *(f"start {number + 1}" for number in range(len(self.startups))))
        rows = [
            (name, f"{middle.services[name]:.2f}", *(f"{one.services[name]:.2f}" for one in self.startups))
            for name in SERVICES
        ]
        rows.append(("all three", f"{middle.ready:.2f}", *(f"{one.ready:.2f}" for one in self.startups)))
        return Table("Start, seconds from `albumen up`", columns, tuple(rows))

    def _size(self) -> Table:
        rows = []
        for size in self.sizes:
            parts = (size.installed_bytes, size.weights_bytes, size.installed_bytes + size.weights_bytes)
            bar = f"under {_megabytes(size.bar_bytes)}: {'met' if size.met else 'NOT MET'}"
            rows.append((size.extra, *(_megabytes(part) for part in parts), bar))
        return Table("Size on disk, MB", ("", "installed", "weights", "together", "bar"), tuple(rows))


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.0f}"
