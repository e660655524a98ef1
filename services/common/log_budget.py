"""A bound on how often the same is logged."""

import threading
import time
from collections.abc import Callable
from typing import Final

_WINDOW_SECONDS: Final = 10.0


class LogBudget:
    """Admits a bounded number of lines in a stretch of time, and tells how many it left out. For several threads.

    Args:
        lines: that are admitted in ten seconds; the first ones say it.
        tell: gets the number of those left out, once the next line comes.

    """

    def __init__(self, lines: int, tell: Callable[[int], None]) -> None:
        self._most = lines
        self._tell = tell
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._lines = 0

    def admits(self) -> bool:
        """Whether one more line may be logged now."""
        if time.monotonic() - self._started > _WINDOW_SECONDS:
            self.finish()
        with self._lock:
            self._lines += 1
            return self._lines <= self._most

    def finish(self) -> None:
        """Tell how many lines were left out, and start the next stretch of time."""
        with self._lock:
            dropped, self._lines = self._lines - self._most, 0
            self._started = time.monotonic()
        if dropped > 0:
            self._tell(dropped)
