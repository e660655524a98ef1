"""Measures a service with the processes that it starts: CPU time so far, and the most memory since it was asked."""

import contextlib
import itertools
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

from benchmarks.usage import peak_bytes

_SAMPLE_SECONDS: Final = 0.1
# Who started whom is asked of every process of the machine; decoders, which are all the children, live for long.
_SAMPLES_A_LOOK: Final = 5
_MOST_BYTES: Final = 4_000_000_000
# By as much a child's memory must have changed to be counted anew, page by page.
_CHANGED_BYTES: Final = 1_000_000
_FORGET_PEAK: Final = "5"  # see proc(5), /proc/PID/clear_refs


class Meter:
    """Follows one process and its children for as long as it is open.

    Ten times a second, the most that the process itself has held since is added to what its children hold, which come
    and go; a page of theirs counts in proportion to how many share it. So both are of the same tenth of a second. A
    process that takes 4 GB is killed, for others work on the same machine.

    Args:
        pid: of the process.

    Attributes:
        stopped: whether it was killed.

    """

    def __init__(self, pid: int) -> None:
        self.stopped = False
        self._pid = pid
        self._children: list[_Child] = []
        self._children_bytes = 0
        self._peak = 0
        # Whoever reads the kernel's peak has it begin anew.
        self._adding = threading.Lock()
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

    def orphans(self, seconds: float) -> list[int]:
        """Return the ids of the children that still run so many seconds after the process itself has ended."""
        deadline = time.monotonic() + seconds
        while True:
            left = [child.process.pid for child in self._children if child.runs]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(_SAMPLE_SECONDS)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process and all its children, also those that ended, have used so far.

        That of a child which began in the last half second may be missing.
        """
        total = 0.0
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in (psutil.Process(self._pid), *(child.process for child in self._children)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = one.cpu_times()
                    total += times.user + times.system + times.children_user + times.children_system
        return total

    def held_bytes(self) -> int:
        """Return the bytes of memory that they hold now."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._pid)
            return int(process.memory_info().rss) + sum(
                _Child(child).bytes() for child in process.children(recursive=True)
            )
        return 0

    def take_peak(self) -> int:
        """Return the most memory in bytes since the last call, and begin anew."""
        with self._adding:
            self._add_up(self._children_bytes)
            peak, self._peak = self._peak, 0
        return peak

    def _add_up(self, children: int) -> None:
        """Take note of the most that all have held since the last time; the children hold `children` bytes now."""
        own = 0
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            own = peak_bytes(self._pid) or 0
            Path(f"/proc/{self._pid}/clear_refs").write_text(_FORGET_PEAK, "ascii")
        self._peak = max(self._peak, own + max(children, self._children_bytes))
        self._children_bytes = children

    def _sample(self) -> None:
        for number in itertools.count():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(self._pid)
                if number % _SAMPLES_A_LOOK == 0:
                    self._look_for_children(process)
                children = sum(child.bytes() for child in self._children)
                with self._adding:
                    self._add_up(children)
                if process.memory_info().rss + children > _MOST_BYTES:
                    self.stopped = True
                    process.kill()
            if self._ended.wait(_SAMPLE_SECONDS):
                return

    def _look_for_children(self, process: psutil.Process) -> None:
        """Take note of new children; who is known stays until it has ended, also if its parent has."""
        known = {child.process: child for child in self._children if child.runs}
        found = process.children(recursive=True)
        self._children = [*known.values(), *(_Child(child) for child in found if child not in known)]


class _Child:
    """Knows how much memory a child holds, and counts it anew only when that has changed, since counting takes long."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self._resident = 0
        self._counted = 0

    @property
    def runs(self) -> bool:
        """Whether it has not ended; whoever inherits it may take time to bury it."""
        with contextlib.suppress(psutil.Error):
            return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        return False

    def bytes(self) -> int:
        """Return what it holds, 0 if it has ended."""
        with contextlib.suppress(psutil.Error):
            resident = self.process.memory_info().rss
            if abs(resident - self._resident) > _CHANGED_BYTES:
                self._counted = int(self.process.memory_full_info().pss)
                self._resident = resident
            return self._counted
        return 0
