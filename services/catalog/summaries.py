"""What closed libraries are like, so that listing them opens none of them twice."""

import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path

from services.catalog.library_record import with_sizes
from services.catalog.records import LibraryRecord

# Whatever is done to a file changes one of these.
_Signature = tuple[int, int, int, int]


class Summaries:
    """Keeps the records of closed libraries; each holds as long as its file is untouched and nobody else has it open.

    Methods may be called from any thread, not two of them for one library.

    Args:
        file_of: returns the file of a library.

    """

    def __init__(self, file_of: Callable[[str], Path]) -> None:
        self._file_of = file_of
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[_Signature, LibraryRecord]] = {}

    def keep(self, record: LibraryRecord) -> LibraryRecord:
        """Keep the record of a library that has just been closed; return it with what is now on the disk."""
        record = with_sizes(record, self._file_of(record.id))
        signature = self._signature(record.id)
        if signature is not None:
            with self._lock:
                self._kept[record.id] = signature, record
        return record

    def find(self, library_id: str) -> LibraryRecord | None:
        """Return the record of a closed library; None if only opening it can tell."""
        with self._lock:
            kept = self._kept.get(library_id)
        if kept is None or kept[0] != self._signature(library_id) or _is_held(self._file_of(library_id)):
            return None
        return kept[1]

    def forget(self, library_id: str) -> None:
        """Forget a library."""
        with self._lock:
            self._kept.pop(library_id, None)

    def _signature(self, library_id: str) -> _Signature | None:
        """Return what tells the file from any other and from itself before a change; None if there is more to read."""
        path = self._file_of(library_id)
        if path.with_name(f"{path.name}.wal").exists():
            return None
        try:
            state = path.stat()
        except OSError:
            return None
        return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _is_held(path: Path) -> bool:
    """Return whether another process has a library open that this one has closed.

    Of one that is open here it would take the locks away: who closes any descriptor of a file gives up all of them.
    """
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
