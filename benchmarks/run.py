"""Indexes all photos once, by one of the systems that are compared."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from benchmarks.stack import Stack
from benchmarks.usage import machine_cpu_seconds
from clients.cli.connection import Session, connect
from clients.cli.failure import CommandError
from clients.cli.indexing.upload import Result
from clients.cli.indexing.uploads import Indexing

CLIENT: Final = "client"


class System(StrEnum):
    """What is compared."""

    SERVICES = "services"
    NAIVE = "naive"
    KEPT = "sessions kept"
    TUNED = "kept and tuned"


BASELINES: Final = (System.NAIVE, System.KEPT, System.TUNED)


@dataclass(frozen=True, slots=True)
class Run:
    """What one pass over the photos took.

    Attributes:
        photos: how many.
        seconds: wall time.
        cpu_seconds: CPU time of each process that took part.
        other_cores: cores that the rest of the machine kept busy meanwhile.
        faces: faces found.
        people: groups of at least two faces.
        peak_bytes: most memory that the process of a baseline held; 0 for the services, which live on.

    """

    photos: int
    seconds: float
    cpu_seconds: Mapping[str, float]
    other_cores: float
    faces: int
    people: int
    peak_bytes: int = 0

    @property
    def photos_per_second(self) -> float:
        """Photos a second of wall time."""
        return self.photos / self.seconds

    @property
    def cpu_per_photo(self) -> float:
        """CPU seconds a photo, of all processes."""
        return sum(self.cpu_seconds.values()) / self.photos


def run_services(
    stack: Stack, library: str, photos: Sequence[Path], in_flight: int, advance: Callable[[], None]
) -> Run:
    """Index the photos into a new library, by the command line's own way.

    Raises:
        CommandError: a photo was not indexed, or the catalog can't be reached.

    """
    with stack.library(library), connect(Session(stack.target, library)) as catalog:
        before, machine_before = stack.usage(), machine_cpu_seconds()
        started, client_before = time.perf_counter(), time.process_time()
        for outcome in Indexing(catalog, in_flight=in_flight).run(photos):
            if outcome.result is not Result.NEW:
                raise CommandError(f"{outcome.path.name} was not indexed: {outcome.message or outcome.result.name}")
            advance()
        seconds, client = time.perf_counter() - started, time.process_time() - client_before
        machine = machine_cpu_seconds() - machine_before
        cpu = {name: usage.cpu_seconds - before[name].cpu_seconds for name, usage in stack.usage().items()}
        cpu[CLIENT] = client
        counts = catalog.library()
        others = _other_cores(machine, sum(cpu.values()), seconds)
        return Run(len(photos), seconds, cpu, others, counts.face_count, counts.person_count)


def run_baseline(system: System, photos: Sequence[Path], advance: Callable[[], None]) -> Run:
    """Analyse the photos, which are all in one folder, by a baseline in a process of its own.

    Raises:
        CommandError: it failed.

    """
    command = (sys.executable, "-m", "benchmarks.baseline", system.name.lower(), str(photos[0].parent))
    machine_before, started = machine_cpu_seconds(), time.perf_counter()
    result: dict[str, Any] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            result = json.loads(line)
            if not result:
                advance()
    if process.returncode != 0 or not result:
        raise CommandError(f"The baseline {system.value!r} ended with exit code {process.returncode}; see above.")
    machine, whole = machine_cpu_seconds() - machine_before, time.perf_counter() - started
    cpu = {str(system): float(result["cpu_seconds"])}
    others = _other_cores(machine, float(result["process_cpu_seconds"]), whole)
    return Run(
        len(photos), float(result["seconds"]), cpu, others, result["faces"], result["people"], result["peak_bytes"]
    )


def _other_cores(machine: float, own: float, seconds: float) -> float:
    return max(machine - own, 0.0) / seconds
