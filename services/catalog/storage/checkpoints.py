"""When the log of a library's file is moved into the file.

DuckDB gives up a file of which a checkpoint fails, so none is begun on a disk that has no room for it.
"""

import shutil
import time
from pathlib import Path
from typing import Final

import structlog

from services.catalog.library_paths import LOG, beside
from services.common.limits import MEBIBYTE

# A checkpoint holds up the writers, at 16 MiB for up to 0.6 s: so it is made while nobody writes, and else only as the
# bound of the log, and of the memory that its rows take.
_GROWN_BYTES: Final = 16 * MEBIBYTE
_MOST_BYTES: Final = 32 * MEBIBYTE
# What is in the log, and the last rows of tables, which are written anew.
_TIMES_THE_LOG: Final = 2
_AGAIN_SECONDS: Final = 60.0
_log = structlog.get_logger()


class Checkpoints:
    """Tells when a checkpoint of one file is due.

    Args:
        path: the file.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._not_before = 0.0

    def due(self, *, idle: bool) -> bool:
        """Return whether one should be made now; `idle` says that nobody writes."""
        try:
            size = beside(self._path, LOG).stat().st_size
        except FileNotFoundError:
            return False
        if size < (_GROWN_BYTES if idle else _MOST_BYTES) or time.monotonic() < self._not_before:
            return False
        free, needed = shutil.disk_usage(self._path.parent).free, _TIMES_THE_LOG * size
        if free < needed:
            self.failed(f"it takes {needed:,} bytes, and {free:,} are free")
        return free >= needed

    def failed(self, cause: str) -> None:
        """Take note that one can't be made: the log stays, and it is tried again in a minute."""
        _log.warning("checkpoint_failed", file=self._path.name, error=cause)
        self._not_before = time.monotonic() + _AGAIN_SECONDS
