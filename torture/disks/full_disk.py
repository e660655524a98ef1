"""A disk that is full for one process: none of its files may become larger than so many bytes."""

import resource
from pathlib import Path
from random import Random
from typing import Final

# Steps of a write: a page of the log, a row, a block, a group of rows.
_MOST_SLACK_BITS: Final = 19


def is_possible() -> bool:
    """Return whether this system limits other processes: Linux does."""
    return hasattr(resource, "prlimit")


def draw_room(folder: Path, generator: Random) -> int:
    """Return a limit that is a little, or a lot, above the size of one of the files in `folder`, or above nothing."""
    sizes = [0, *sorted(path.stat().st_size for path in folder.rglob("*") if path.is_file())]
    return generator.choice(sizes) + int(2 ** generator.uniform(0, _MOST_SLACK_BITS))


def fill_disk(pid: int, room: int) -> None:
    """Let a process write nothing behind the first `room` bytes of a file."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
