"""Work on a library in steps, between which others have their turn."""

import threading
from collections.abc import Generator
from typing import Generic, TypeVar

from services.common.errors import AlbumenError

T = TypeVar("T")


class SteppedRun(Generic[T]):
    """A run in progress; its methods may be called from any thread.

    Args:
        steps: does the work, and yields how far it is.
        running: locked as long as the run lasts.

    """

    def __init__(self, steps: Generator[T, None, None], running: threading.Lock) -> None:
        self._steps = steps
        self._running = running
        self._one_at_a_time = threading.Lock()
        self._closed = False
        self._reason: AlbumenError | None = None

    def advance(self) -> T | None:
        """Do the next step; None if all are done, or the run is closed.

        Raises:
            AlbumenError: the reason that was given to `close`.

        """
        with self._one_at_a_time:
            if self._reason is not None:
                raise self._reason
            return next(self._steps, None)

    def close(self, reason: AlbumenError | None = None) -> None:
        """End the run after the step under way, so that another may begin; `reason` is for whoever advances it yet."""
        with self._one_at_a_time:
            if not self._closed:
                self._closed = True
                self._reason = reason
                self._steps.close()
                self._running.release()
