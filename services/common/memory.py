"""How much memory there is for this process and those beside it."""

import contextlib
import os
from pathlib import Path
from typing import Final

_CGROUPS: Final = Path("/sys/fs/cgroup")
# Of version 2, and of version 1; a process sees its own group's at the root of a container.
_LIMITS: Final = ("memory.max", "memory/memory.limit_in_bytes")


def machine_memory(cgroups: Path = _CGROUPS) -> int:
    """Return the bytes of memory of the machine, or of the container if that may use less.

    Args:
        cgroups: where the system says what containers may use.

    """
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *_limits(cgroups)])


def _limits(cgroups: Path) -> list[int]:
    limits = []
    for name in _LIMITS:
        # The file is missing, or says that there is no limit.
        with contextlib.suppress(OSError, ValueError):
            limits.append(int((cgroups / name).read_text()))
    return limits
