"""Measures wall and CPU time of a stretch of work, and what else the machine did meanwhile."""

import time
from collections.abc import Callable, Mapping

from benchmarks.serving.spent import Spent
from benchmarks.usage import machine_cpu_seconds, usage_of


class Meter:
    """Measures from where it is made to where `stop` is called.

    Args:
        pids: process id of each service that takes part.

    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = tuple(pids.values())
        self._machine, self._services, self._client = machine_cpu_seconds(), self._used(), time.process_time()
        self._started = time.perf_counter()

    def stop(self, units: int) -> Spent:
        """Return what `units` of work took."""
        seconds = time.perf_counter() - self._started
        client, services = time.process_time() - self._client, self._used() - self._services
        others = max(machine_cpu_seconds() - self._machine - client - services, 0.0)
        return Spent(units, seconds, services, client, others / seconds)

    @staticmethod
    def run(work: Callable[[], int]) -> Spent:
        """Measure `work` in this process; it returns the units that it did."""
        meter = Meter({})
        return meter.stop(work())

    def _used(self) -> float:
        return sum(usage_of(pid).cpu_seconds for pid in self._pids)
