"""Measures the CPU time and memory of processes, and of the whole machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_IDLE_FIELDS: Final = ("idle", "iowait")
# Linux counts these twice: in user and nice, and once more on their own.
_GUEST_FIELDS: Final = ("guest", "guest_nice")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process has used so far.

    Attributes:
        cpu_seconds: user and system time of all its threads, not of its children.
        resident_bytes: memory that it holds now.
        peak_bytes: most memory that it ever held (Linux: VmHWM); where the system keeps no such record, what
            it holds now.

    """

    cpu_seconds: float
    resident_bytes: int
    peak_bytes: int


def usage_of(pid: int) -> Usage:
    """Return what the process `pid` has used."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    resident = process.memory_info().rss
    return Usage(times.user + times.system, resident, _peak_bytes(pid) or resident)


def machine_cpu_seconds() -> float:
    """Return the CPU seconds that all processes together have used since the machine started."""
    times = psutil.cpu_times()._asdict()
    return float(sum(times.values()) - sum(times.get(name, 0.0) for name in (*_IDLE_FIELDS, *_GUEST_FIELDS)))


def _peak_bytes(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
