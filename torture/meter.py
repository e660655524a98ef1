"""Measures a service with the processes that it starts: CPU time so far, and the most memory since it was asked."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

from benchmarks.usage import peak_bytes

_SAMPLE_SECONDS: Final = 0.05
_MOST_BYTES: Final = 4_000_000_000
_FORGET_PEAK: Final = "5"  # see proc(5), /proc/PID/clear_refs


class Meter:
    """Follows one process and its children for as long as it is open.

    Memory is what all of them hold at one time, each page counted in proportion to how many share it, sampled twenty
    times a second; and what the kernel saw of each process between two samples comes on top. A service that takes 4 GB
    is killed, for others work on the same machine.

    Args:
        pid: of the process.

    Attributes:
        stopped: whether it was killed.

    """

    def __init__(self, pid: int) -> None:
        self.stopped = False
        self._pid = pid
        self._peak = 0
        # The most that each process was seen with.
        self._seen: dict[int, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process and all its children, also those that ended, have used so far."""
        total = 0.0
        for one in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def held_bytes(self) -> int:
        """Return the bytes of memory that they hold now."""
        total = 0
        for one in self._processes():
            with contextlib.suppress(psutil.Error):
                memory = one.memory_full_info()
                total += memory.pss
                self._seen[one.pid] = max(self._seen.get(one.pid, 0), memory.rss)
        return total

    def take_peak(self) -> int:
        """Return the most memory in bytes since the last call, and begin anew."""
        self._sample()
        peak, seen = self._peak, self._seen
        self._peak, self._seen = 0, {}
        for one in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                peak += max((peak_bytes(one.pid) or 0) - seen.get(one.pid, 0), 0)
                Path(f"/proc/{one.pid}/clear_refs").write_text(_FORGET_PEAK, "ascii")
        return peak

    def _run(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        held = self.held_bytes()
        self._peak = max(self._peak, held)
        if held > _MOST_BYTES:
            self.stopped = True
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(self._pid).kill()

    def _processes(self) -> Iterator[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._pid)
            yield process
            yield from process.children(recursive=True)
