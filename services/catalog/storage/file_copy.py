"""A library's file written anew: it takes the place of the old one whole or not at all, whenever a process dies."""

import contextlib
import os
from pathlib import Path
from typing import Final

from services.catalog.erasure import remove
from services.catalog.library_paths import COPY, TEMPORARY, WHOLE_COPY, beside
from services.catalog.storage.write_ahead_log import logs_of

_OWNER_ONLY: Final = 0o600


def copy_path(path: Path) -> Path:
    """Return where the file at `path` is written anew."""
    return beside(path, COPY)


def publish_copy(path: Path) -> None:
    """Put the copy, whole and closed, in the place of the closed file at `path` and of its log.

    The first rename decides: until then the old file is the library, from then on the new one.

    Raises:
        OSError: it can't be renamed, or removed; `finish_copy` tries again.

    """
    copy = copy_path(path)
    copy.chmod(_OWNER_ONLY)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.rename(beside(path, WHOLE_COPY))
    sync_folder(path.parent)
    finish_copy(path)


def finish_copy(path: Path) -> None:
    """Finish what a process that died had begun, and remove what it left of the closed file at `path`.

    Raises:
        OSError: it can't be renamed, or removed.

    """
    whole = beside(path, WHOLE_COPY)
    if whole.exists():
        for log in logs_of(path):
            remove(log)
        whole.rename(path)
        sync_folder(path.parent)
    discard_copy(path)
    # What had no room in memory when a process was killed is of no use to anybody, and may be a face.
    remove(beside(path, TEMPORARY))


def discard_copy(path: Path) -> None:
    """Remove whatever there is of an unfinished copy of the file at `path`.

    Raises:
        OSError: it can't be removed.

    """
    copy = copy_path(path)
    for rest in (copy, *logs_of(copy), beside(copy, TEMPORARY)):
        remove(rest)


def sync_folder(folder: Path) -> None:
    """Make names last through a loss of power, as content does; where the system can't, it is left to the system."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
