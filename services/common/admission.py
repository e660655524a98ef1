"""A limit on concurrent work: refuses the excess at once, and says when to retry."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.common.errors import Reason, ResourceExhaustedError

# Weight of the latest call in the moving average of durations.
_SMOOTHING: Final = 0.2
# Assumed duration before any call has ended.
_INITIAL_SECONDS: Final = 0.1
_MIN_WAIT_SECONDS: Final = 0.05


class Admission:
    """Counts the calls in progress and refuses those over a limit. Belongs to one event loop.

    Args:
        what: name of what is limited, for refusals.
        limit: number of calls admitted at once, waiting ones included.
        parallel: number of them that run at the same time, from which the expected wait follows.
        unit: plural noun for what is counted, if not calls.

    """

    def __init__(self, what: str, *, limit: int, parallel: int, unit: str = "calls") -> None:
        self._what = what
        self._limit = limit
        self._parallel = parallel
        self._unit = unit
        self._under_way = 0
        self._seconds: float | None = None

    def enter(self, places: int = 1) -> None:
        """Take places, to be given back by `leave`.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        if self._under_way + places > self._limit:
            raise ResourceExhaustedError(
                Reason.OVERLOADED,
                f"The {self._what} has {self._under_way} {self._unit} under way or waiting, its limit is "
                f"{self._limit}, and there is no room for {places} more. Retry later.",
                retry_after=self._expected_wait(),
                metadata={"limit": str(self._limit), "value": str(self._under_way + places)},
            )
        self._under_way += places

    def leave(self, seconds: float | None = None, *, places: int = 1) -> None:
        """Give places back; `seconds` is how long the call ran, if it did."""
        self._under_way -= places
        if seconds is not None:
            self.record(seconds)

    def record(self, seconds: float) -> None:
        """Record how long a place was in use; the wait that refusals suggest follows from recent ones."""
        known = seconds if self._seconds is None else self._seconds
        self._seconds = known + _SMOOTHING * (seconds - known)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the duration of a block."""
        self.enter()
        started = time.perf_counter()
        try:
            yield
        finally:
            self.leave(time.perf_counter() - started)

    def _expected_wait(self) -> float:
        # Time for half the queue to drain: a caller who retries then finds room, and the queue has not run dry.
        rounds = math.ceil(self._under_way / self._parallel / 2)
        seconds = _INITIAL_SECONDS if self._seconds is None else self._seconds
        return max(_MIN_WAIT_SECONDS, round(rounds * seconds, 2))
