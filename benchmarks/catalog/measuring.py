"""Measures a call of the catalog: the CPU time of its process, and how long the caller waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.catalog.service import RunningCatalog

# Name of a figure -> what each round measured.
Values = dict[str, list[float]]

_WARM_UP: Final = 3
_LEAST_CALLS: Final = 3
_YARDSTICK_STEPS: Final = 20_000
_YARDSTICK_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is measured: a round ends with its calls or its seconds, whichever comes first, but not before 3 calls.

    Attributes:
        calls: of a round.
        seconds: of a round.

    """

    calls: int = 400
    seconds: float = 2.0


def measure_call(catalog: RunningCatalog, name: str, call: Callable[[], object], budget: Budget, rounds: int) -> Values:
    """Return CPU ms a call, by round, and the median, the 99th percentile and the worst of all waits, in ms."""
    catalog.wait_until_idle()
    for _ in range(_WARM_UP):
        call()
    cpu, lengths, waits = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        before, first = catalog.usage().cpu_seconds, len(waits)
        began = measured = time.perf_counter()
        marks = [yardstick()]
        while len(waits) - first < budget.calls:
            started = time.perf_counter()
            if started - began > budget.seconds and len(waits) - first >= _LEAST_CALLS:
                break
            if started - measured > _YARDSTICK_EVERY:
                marks.append(yardstick())
                started = measured = time.perf_counter()
            call()
            waits.append(1e3 * (time.perf_counter() - started))
        cpu.append(1e3 * (catalog.usage().cpu_seconds - before) / (len(waits) - first))
        lengths.append(float(np.mean(marks)))
    own = {f"{name}.cpu": cpu, f"{name}.yardstick": lengths, f"{name}.calls": [float(len(waits))]}
    return own | waits_of(name, waits)


def yardstick() -> float:
    """Return the CPU ms of work that is always the same; on a machine that others use too, it takes longer."""
    started = time.process_time()
    sum(divmod(number * number, 7)[1] for number in range(_YARDSTICK_STEPS))
    return 1e3 * (time.process_time() - started)


def waits_of(name: str, waits: list[float]) -> Values:
    """Return the median, the 99th percentile and the worst of waits, in the unit that they are in."""
    return {
        f"{name}.p50": [float(np.median(waits))],
        f"{name}.p99": [float(np.percentile(waits, 99))],
        f"{name}.max": [max(waits)],
    }
