"""Who goes through the whole file of one library: one at a time, to read it in one snapshot, or to replace it.

Who replaces a file waits for those who read it, and lets nobody begin meanwhile: whoever read for minutes would hold up
everybody.
"""

import threading
from collections.abc import Generator
from typing import Any, TypeVar

from services.catalog.stepped_run import SteppedRun
from services.common.errors import AlbumenError, FailedPreconditionError, Reason

T = TypeVar("T")
_BUSY = {
    Reason.COMPACTION_IN_PROGRESS: "compacted already. Wait until that is done, or cancel it.",
    Reason.BACKUP_IN_PROGRESS: "backed up, exported or verified. Wait until that is done, or cancel it.",
}


class WholeFile:
    """The turn to go through one library's file; methods may be called from any thread.

    Args:
        library_id: for messages.

    """

    def __init__(self, library_id: str) -> None:
        self._library_id = library_id
        self._taken = threading.Lock()
        self._for = Reason.COMPACTION_IN_PROGRESS
        self._run: SteppedRun[Any] | None = None
        self._stopped: AlbumenError | None = None

    def take(self, reason: Reason) -> None:
        """Take the turn, whose holder calls `begin` or `give_back`; `reason` is for others.

        Args:
            reason: COMPACTION_IN_PROGRESS or BACKUP_IN_PROGRESS.

        Raises:
            FailedPreconditionError: the reason of who has it.

        """
        if not self._taken.acquire(blocking=False):
            raise FailedPreconditionError(
                self._for,
                f"Library {self._library_id!r} is being {_BUSY[self._for]}",
                resource=f"libraries/{self._library_id}",
                # The step under way of a run that was cancelled takes as long.
                retry_after=1.0,
            )
        self._for = reason

    def give_back(self) -> None:
        """Let others have the turn."""
        self._taken.release()

    def begin(self, steps: Generator[T, None, None]) -> SteppedRun[T]:
        """Return a run of `steps`, which gives the turn back when it is closed."""
        run = SteppedRun(steps, self._taken)
        self._run = run
        return run

    def check(self) -> None:
        """Raise what was given to `stop`."""
        if self._stopped is not None:
            raise self._stopped

    def stop(self, reason: AlbumenError) -> None:
        """End a run that is under way, and let none begin: whoever advances one gets `reason`; meant for closing."""
        # A step that waits for the write lock, which the caller may hold, looks at this.
        self._stopped = reason
        if self._run is not None:
            self._run.close(reason)
