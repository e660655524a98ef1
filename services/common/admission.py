"""A limit on concurrent work: refuses the excess at once, and says when to retry."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from services.common.errors import Reason, ResourceExhaustedError

# Weight of the latest call in the moving average of durations.
_SMOOTHING: Final = 0.2
# Assumed duration before any call has ended.
_INITIAL_SECONDS: Final = 0.1
_MIN_WAIT_SECONDS: Final = 0.05
# Those who are refused are told to come again one after the other, somewhat faster than places become free, as some
# never come; and nobody is sent away for longer than this.
_RETURN_RATE: Final = 1.25
_MAX_WAIT_SECONDS: Final = 10.0


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
        self._next_return = 0.0
        self._turns: deque[asyncio.Future[None]] = deque()

    def check(self, places: int = 1) -> None:
        """Refuse what would find no place now, before anything of it is read; takes none.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        if self._under_way + len(self._turns) + places > self._limit:
            raise self._refusal(places)

    def enter(self, places: int = 1) -> None:
        """Take places, to be given back by `leave`.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        if self._under_way + places > self._limit:
            raise self._refusal(places)
        self._under_way += places

    def leave(self, seconds: float | None = None, *, places: int = 1) -> None:
        """Give places back; `seconds` is how long the call ran, if it did."""
        self._under_way -= places
        if seconds is not None:
            self.record(seconds)
        while self._turns and self._under_way < self._limit:
            turn = self._turns.popleft()
            # The place is taken on behalf of the one who waits, so that nobody comes in between.
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)

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

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a place for the duration of a block, after waiting for it; for what is too costly to be sent again."""
        if self._under_way < self._limit:
            self._under_way += 1
        else:
            turn = asyncio.get_running_loop().create_future()
            self._turns.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self.leave()
                raise
        started = time.perf_counter()
        try:
            yield
        finally:
            self.leave(time.perf_counter() - started)

    def _refusal(self, places: int) -> ResourceExhaustedError:
        return ResourceExhaustedError(
            Reason.OVERLOADED,
            f"The {self._what} has {self._under_way} {self._unit} under way or waiting, its limit is "
            f"{self._limit}, and there is no room for {places} more. Retry later.",
            retry_after=self._expected_wait(places),
            metadata={"limit": str(self._limit), "value": str(self._under_way + places)},
        )

    def _expected_wait(self, places: int) -> float:
        # Time for half the queue to drain: a caller who retries then finds room, and the queue has not run dry. The
        # next one who is refused comes after this one: callers who return together would be refused together again,
        # and refusing costs time that the work needs.
        now = time.monotonic()
        seconds = _INITIAL_SECONDS if self._seconds is None else self._seconds
        drained = now + math.ceil(self._under_way / self._parallel / 2) * seconds
        returns = min(max(drained, self._next_return), now + _MAX_WAIT_SECONDS)
        self._next_return = returns + seconds * places / self._parallel / _RETURN_RATE
        return max(_MIN_WAIT_SECONDS, round(returns - now, 3))
