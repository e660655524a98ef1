"""Erases what was in the trash for long enough, and compacts libraries of which something was erased."""

import threading
import time
from datetime import UTC, datetime
from typing import Final

import structlog

from services.catalog.catalog import Catalog
from services.common.errors import AlbumenError, Reason

# Libraries that nobody has used yet have to be opened to be asked, which is to take a fifth of a core at most.
_LOOK_SECONDS: Final = 1.0
# Until what could not be opened, or had no room, is tried again.
_AGAIN_SECONDS: Final = 600.0
# Somebody else does it, or it is gone, or all ends.
_NO_FAULT: Final = (
    Reason.COMPACTION_IN_PROGRESS, Reason.BACKUP_IN_PROGRESS, Reason.LIBRARY_NOT_FOUND, Reason.SHUTTING_DOWN,
)  # fmt: skip
_log = structlog.get_logger()


class Compactor:
    """Looks for libraries that owe an erasure for so long, and writes their files anew; before, empties their trash.

    What is owed stands in the libraries, so whoever opens them next goes on with it. Belongs to one thread, but for
    `stop`.

    Args:
        catalog: the libraries.
        after: seconds from an erasure on.

    """

    def __init__(self, catalog: Catalog, *, after: float) -> None:
        self._catalog = catalog
        self._after = after
        self._stopped = threading.Event()
        # Behind which library to go on looking.
        self._looked_at = ""
        # When to try again what failed, by library and by `time.monotonic`.
        self._failed: dict[str, float] = {}

    def work(self) -> None:
        """Compact what is due among some of the libraries, and next time among those that follow."""
        end = time.monotonic() + _LOOK_SECONDS
        for library_id in self._catalog.ids():
            if self._stopped.is_set() or time.monotonic() >= end:
                return
            if library_id > self._looked_at and self._failed.get(library_id, 0.0) <= time.monotonic():
                self._look_at(library_id)
            self._looked_at = max(self._looked_at, library_id)
        self._looked_at = ""

    def stop(self) -> None:
        """Have the work under way end soon; what it has not finished is still owed."""
        self._stopped.set()

    def _look_at(self, library_id: str) -> None:
        try:
            record, now = self._catalog.record(library_id), datetime.now(UTC)
            if record.purge_time is not None and record.purge_time <= now:
                with self._catalog.lease(library_id) as library:
                    count = library.trash.purge_due()
                _log.info("trash_purged", library=library_id, images=count)
            erased = record.erase_time
            if erased is not None and (datetime.now(UTC) - erased).total_seconds() >= self._after:
                self._compact(library_id)
        except AlbumenError as error:
            if error.reason not in _NO_FAULT:
                # It stays owed; all others are served, and so is this one if it can be.
                _log.warning("compaction_failed", library=library_id, reason=str(error.reason), error=error.message)
                self._put_off(library_id)
        except Exception:
            self._put_off(library_id)
            raise

    def _compact(self, library_id: str) -> None:
        with self._catalog.lease(library_id) as library:
            run = library.compaction.begin()
            try:
                took, more = 0.0, True
                # As much time is left to others, who wait for answers.
                while more and not self._stopped.wait(took):
                    begun = time.monotonic()
                    more = run.advance() is not None
                    took = time.monotonic() - begun
            finally:
                run.close()

    def _put_off(self, library_id: str) -> None:
        self._failed[library_id] = time.monotonic() + _AGAIN_SECONDS
