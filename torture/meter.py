"""Measures a service with the processes that it starts: CPU time so far, and the most memory since it was asked."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

from benchmarks.usage import usage_of

_SAMPLE_SECONDS: Final = 0.1
_MOST_BYTES: Final = 4_000_000_000
_FORGET_PEAK: Final = "5"  # see proc(5), /proc/PID/clear_refs


class Meter:
    """Follows one process and its children for as long as it is open.

    Memory of the process itself is what the kernel keeps as its peak; that of children, which come and go, is sampled
    ten times a second, each page counted in proportion to how many share it. A process that takes 4 GB is killed, for
    others work on the same machine.

    Args:
        pid: of the process.

    Attributes:
        stopped: whether it was killed.

    """

    def __init__(self, pid: int) -> None:
        self.stopped = False
        self._pid = pid
        self._children_peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

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
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._pid)
            for one in (process, *process.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = one.cpu_times()
                    total += times.user + times.system + times.children_user + times.children_system
        return total

    def take_peak(self) -> int:
        """Return the most memory in bytes since the last call, and begin anew."""
        own = 0
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            own = usage_of(self._pid).peak_bytes
            Path(f"/proc/{self._pid}/clear_refs").write_text(_FORGET_PEAK, "ascii")
        peak, self._children_peak = own + self._children_peak, 0
        return peak

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            children = sum(self._children())
            self._children_peak = max(self._children_peak, children)
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(self._pid)
                if process.memory_info().rss + children > _MOST_BYTES:
                    self.stopped = True
                    process.kill()

    def _children(self) -> Iterator[int]:
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    yield int(child.memory_full_info().pss)
