"""Measures indexing in photos a second, beside the CPU time that its stages need."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from typing import Final

from benchmarks.run import CLIENT, Run, run_services
from benchmarks.serving.material import Material
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.stages import CROPS, DECODE, EMBED, FACES, OBJECTS, STORE, measure_stages
from benchmarks.table import Table

CORES: Final = 2

_STAGES: Final = (DECODE, OBJECTS, FACES, CROPS, EMBED, STORE)
_IN_FLIGHT: Final = 4
_BAR: Final = 80.0


@dataclass(frozen=True, slots=True)
class IndexingRound:
    """One round.

    Attributes:
        stage_cpu: CPU seconds that the stages take for a photo, with nothing else on any core.
        run: the whole way.

    """

    stage_cpu: float
    run: Run

    @property
    def wall_share(self) -> float:
        """Per cent of the speed that two cores had if they did nothing but the stages."""
        return 100 * self.run.photos_per_second * self.stage_cpu / CORES

    @property
    def left_share(self) -> float:
        """The same per cent of the cores that other programs left."""
        return self.wall_share * CORES / max(CORES - self.run.other_cores, 0.1)

    @property
    def cpu_share(self) -> float:
        """Per cent of all CPU time that the stages take when they are alone."""
        return 100 * self.stage_cpu / self.run.cpu_per_photo


def make_pairs(material: Material, folder: Path, count: int) -> list[Path]:
    """Write `count` photos of two people each into `folder`."""
    folder.mkdir(parents=True)
    paths = [folder / f"{index:04}.jpg" for index in range(count)]
    for path, file in zip(paths, islice(material.pairs(), count), strict=True):
        path.write_bytes(file)
    return paths


def measure_indexing(
    services: Services, folder: Path, photos: Sequence[Path], rounds: int, advance: Callable[[], None]
) -> list[IndexingRound]:
    """Take turns between the stages alone and the whole way; `advance` is called after each photo of each."""
    stack = services.stack()
    run_services(stack, "warm-up", photos[:_IN_FLIGHT], _IN_FLIGHT, lambda: None)
    found = []
    for number in range(rounds):
        stage_cpu = _stage_cpu(folder / f"stages-{number}", photos)
        for _ in photos:
            advance()
        run = run_services(stack, f"round-{number}", photos, _IN_FLIGHT, advance)
        found.append(IndexingRound(stage_cpu, run))
    return found


def _stage_cpu(folder: Path, photos: Sequence[Path]) -> float:
    """Return the CPU seconds that the stages take for a photo where each core does nothing else.

    A core that is alone on its machine may be quicker than it is beside others, which would count against the services.
    """
    with ProcessPoolExecutor(CORES, get_context("spawn")) as processes:
        runs = [processes.submit(measure_stages, folder / str(core), photos, _nothing) for core in range(CORES)]
        return mean(sum(run.result()[stage] for stage in _STAGES) for run in runs)


def _nothing() -> None:
    pass


def indexing_rows(rounds: Sequence[IndexingRound]) -> list[Row]:
    """Return the claim about the whole way."""
    shares = [one.wall_share for one in rounds]
    cpu = {name: median(1e3 * one.run.cpu_seconds[name] / one.run.photos for one in rounds)
           for name in rounds[0].run.cpu_seconds}  # fmt: skip
    parts = ", ".join(f"{name} {each:.0f} ms" for name, each in cpu.items() if name != CLIENT)
    stages = 1e3 * median(one.stage_cpu for one in rounds)
    others = median(one.run.other_cores for one in rounds)
    cost = (
        f"CPU a photo: {parts}, client {cpu[CLIENT]:.0f} ms, {sum(cpu.values()):.0f} ms in all, where the stages take "
        f"{stages:.0f} ms alone: {median(one.cpu_share for one in rounds):.0f} % of the CPU time is theirs. Other "
        f"programs kept {others:.1f} cores busy; of the cores they left it is "
        f"{median(one.left_share for one in rounds):.0f} %."
    )
    claim = "whole way of photos with two faces, beside its stages' CPU time over two cores: photos/s"
    return [Row(claim, median(shares), _BAR, Sense.AT_LEAST, " %", (min(shares), max(shares)), cost)]


def indexing_table(rounds: Sequence[IndexingRound]) -> Table:
    """Return each round."""
    rows = [
        (str(number), f"{one.run.photos_per_second:.1f}", f"{1e3 * one.stage_cpu:.0f}",
         f"{1e3 * one.run.cpu_per_photo:.0f}", f"{one.wall_share:.0f} %", f"{one.left_share:.0f} %",
         f"{one.cpu_share:.0f} %", f"{one.run.faces / one.run.photos:.1f}", f"{one.run.other_cores:.2f}")
        for number, one in enumerate(rounds, 1)
    ]  # fmt: skip
    columns = ("round", "photos/s", "stages' CPU ms", "all CPU ms", "of two cores", "of the cores left", "of all CPU",
               "faces/photo", "others' cores")  # fmt: skip
    return Table("Whole way", columns, tuple(rows))
