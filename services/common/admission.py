"""A bound on work under way that refuses at once, and says when to come again."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.common.errors import Reason, ResourceExhaustedError

_SMOOTHING: Final = 0.2
_FIRST_GUESS_SECONDS: Final = 0.1
_SHORTEST_WAIT_SECONDS: Final = 0.05


class Admission:
    """Counts the calls under way and refuses those over a limit. Belongs to one event loop.

    Args:
        what: whose limit it is, as the refusal names it.
        limit: calls admitted at once, waiting ones included.
        parallel: how many of them run at the same time; the expected wait follows from it.
        unit: what is counted, in the plural, where it is not calls.

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
                metadata={"limit": str(self._limit)},
            )
        self._under_way += places

    def leave(self, seconds: float | None = None, *, places: int = 1) -> None:
        """Give places back; `seconds` is what the call took, if it ran."""
        self._under_way -= places
        if seconds is not None:
            self.learn(seconds)

    def learn(self, seconds: float) -> None:
        """Take note of how long a place is in use; refusals follow from the recent ones."""
        known = seconds if self._seconds is None else self._seconds
        self._seconds = known + _SMOOTHING * (seconds - known)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the length of a block."""
        self.enter()
        started = time.perf_counter()
        try:
            yield
        finally:
            self.leave(time.perf_counter() - started)

    def _expected_wait(self) -> float:
        # Half the queue's time: a caller who comes then finds room, and the queue has not run dry.
        rounds = math.ceil(self._under_way / self._parallel / 2)
        seconds = _FIRST_GUESS_SECONDS if self._seconds is None else self._seconds
        return max(_SHORTEST_WAIT_SECONDS, round(rounds * seconds, 2))
