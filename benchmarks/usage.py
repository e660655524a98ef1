"""Measures the CPU time and memory of processes, and of the whole machine."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_IDLE_FIELDS: Final = ("idle", "iowait")
# Linux counts these twice: in user and nice, and once more on their own.
_GUEST_FIELDS: Final = ("guest", "guest_nice")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process and those that it started have used so far.

    Attributes:
        cpu_seconds: user and system time of all their threads, also of those that have ended.
        resident_bytes: memory that they hold now: all that the process itself has, and of each of the others its share
            (Linux: PSS), where a page that several have counts once between them.
        peak_bytes: most memory that each of them ever held, added up, which is more than they held at once: the share
            of each of the others, and by how much its most (Linux: VmHWM) was more than all that it has now. Where the
            system keeps no such record, what they hold now.

    """

    cpu_seconds: float
    resident_bytes: int
    peak_bytes: int


def usage_of(pid: int) -> Usage:
    """Return what the process `pid` has used."""
    process = psutil.Process(pid)
    times = process.cpu_times()
    seconds = times.user + times.system + times.children_user + times.children_system
    resident = process.memory_info().rss
    peak = peak_bytes(pid) or resident
    for child in process.children(recursive=True):
        # One that is replaced at this very moment counts a moment later.
        with suppress(psutil.Error):
            memory, used = child.memory_full_info(), child.cpu_times()
            seconds += used.user + used.system + used.children_user + used.children_system
            share = getattr(memory, "pss", memory.uss)
            resident += share
            peak += share + max(0, (peak_bytes(child.pid) or 0) - memory.rss)
    return Usage(seconds, resident, peak)


def machine_cpu_seconds() -> float:
    """Return the CPU seconds that all processes together have used since the machine started."""
    times = psutil.cpu_times()._asdict()
    return float(sum(times.values()) - sum(times.get(name, 0.0) for name in (*_IDLE_FIELDS, *_GUEST_FIELDS)))


def peak_bytes(pid: int) -> int | None:
    """Return the most memory that the process `pid` alone ever held; None where the system keeps no record of it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
