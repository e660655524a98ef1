"""The messages that are on their way in: bounded in number and bytes, and none that its client has forgotten."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from services.common.errors import DeadlineExceededError, Reason, ResourceExhaustedError, UnavailableError

# A client that was silent for so long lets another one have its place.
GRACE_SECONDS: Final = 2.0
# Most messages are here within this time, so that nobody has to go for the sake of one who waits for them.
_PATIENCE_SECONDS: Final = 0.25
_WAIT_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 1.0


class Arrivals:
    """Gives messages places to arrive at: each may become as large as the largest, and nobody knows before it is here.

    A message takes its place when the server begins to wait for it, and gives it back when it is whole. If all places
    are taken, the client that was silent for longest loses its call, once it was silent for the grace; and whoever came
    last is the next to get a place, for among those who wait for long are the silent ones. So clients that stall keep
    nobody out. Belongs to one event loop.

    Args:
        places: messages that may be on their way at once.
        room: bytes of them together, each counted as large as it may become; one may be on its way in any case.
        borrowed: says how many bytes of the room something else needs for a while; it gets half of them at most.
        idle_seconds: longest time that a message may take, and so a stream may be silent.
        grace_seconds: the same if somebody else needs the place.

    """

    def __init__(
        self,
        places: int,
        *,
        room: int = sys.maxsize,
        borrowed: Callable[[], int] = lambda: 0,
        idle_seconds: float,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._free = self._places = places
        self._free_bytes = room
        self._borrowed = borrowed
        self._most_borrowed = room // 2
        self._closing = False
        self._turns: list[_Turn] = []
        self._idle_seconds = idle_seconds
        self._grace_seconds = grace_seconds
        # In the order in which they began.
        self._arriving: dict[_Arrival, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def next(
        self,
        receive: Callable[[], Awaitable[bytes | None]],
        *,
        size: int = 0,
        later: bool = False,
        admit: Callable[[], None] | None = None,
        room: Callable[[int], Awaitable[None]] | None = None,
    ) -> bytes | None:
        """Return what `receive` does, the next of a call's messages.

        Args:
            receive: receives it.
            size: most bytes that it may have.
            later: whether it is not the first one, so that the call may hold what came before.
            admit: refuses the call once more if it had to wait for a place: meanwhile the house may be full.
            room: waits in the place until there is room for the message, which is no silence of its client.

        Raises:
            DeadlineExceededError: REQUEST_STALLED; it did not come for too long.
            ResourceExhaustedError: OVERLOADED; there is no place, or another call needed it.
            UnavailableError: SHUTTING_DOWN; it did not come within the grace, and the server wants to end.

        """
        waited = await self._enter(size)
        arrival = None
        try:
            if waited and admit is not None:
                admit()
            if room is not None:
                await room(size)
            async with asyncio.timeout(self._idle_seconds) as limit:
                arrival = _Arrival(asyncio.get_running_loop().time(), later, limit)
                self._arriving[arrival] = None
                return await receive()
        except TimeoutError:
            if arrival is not None and arrival.crowded_out:
                raise _crowded_out() from None
            raise (_shutting_down() if self._closing else _stalled(self._idle_seconds)) from None
        finally:
            if arrival is not None:
                del self._arriving[arrival]
            self._leave(size)

    async def taken(self, sending: Awaitable[None]) -> None:
        """Wait until the transport has taken a message for the client.

        Raises:
            DeadlineExceededError: RESPONSE_STALLED; the client did not take it, or what was sent before, for too long.

        """
        try:
            async with asyncio.timeout(self._idle_seconds):
                await sending
        except TimeoutError:
            raise _not_taken(self._idle_seconds) from None

    def relieve(self) -> bool:
        """End the calls that hold something, and whose clients were silent for the grace; say whether there are any."""
        latest = asyncio.get_running_loop().time() - self._grace_seconds
        stalled = [arrival for arrival in self._arriving if arrival.later and arrival.since <= latest]
        for arrival in stalled:
            arrival.crowd_out()
        return bool(stalled)

    def close(self) -> None:
        """Let nobody be silent for longer than the grace: the server is shutting down, and waits for every call."""
        self._closing = True
        self._idle_seconds = min(self._idle_seconds, self._grace_seconds)
        for arrival in self._arriving:
            arrival.end_at(arrival.since + self._idle_seconds)

    async def _enter(self, size: int) -> bool:
        """Take a place; return whether it took some time to get it."""
        if self._fits(size):
            self._take(size)
            return False
        loop = asyncio.get_running_loop()
        turn = _Turn(size, loop.create_future())
        self._turns.append(turn)
        if self._timer is None:
            self._timer = loop.call_later(min(_PATIENCE_SECONDS, self._grace_seconds), self._make_room)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await turn.comes
        except BaseException as error:
            if turn in self._turns:
                self._turns.remove(turn)
            elif not turn.comes.cancelled():
                self._leave(size)
            if isinstance(error, TimeoutError):
                raise _no_place() from None
            raise
        return True

    def _fits(self, size: int) -> bool:
        # Nobody is told when what was borrowed is given back: who waits is told when one that arrives is here.
        if self._free == self._places:
            return True
        return bool(self._free) and size <= self._free_bytes - min(self._borrowed(), self._most_borrowed)

    def _take(self, size: int) -> None:
        self._free -= 1
        self._free_bytes -= size

    def _leave(self, size: int) -> None:
        self._free += 1
        self._free_bytes += size
        while self._turns and self._fits(self._turns[-1].size):
            turn = self._turns.pop()
            if not turn.comes.done():
                # It is taken on behalf of the one who waits, so that nobody comes in between.
                self._take(turn.size)
                turn.comes.set_result(None)

    def _make_room(self) -> None:
        """Let those who were silent longest go, one for each who waits; and look again when the next one may go."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        needed = len(self._turns)
        for arrival in self._arriving:
            if needed <= 0:
                return
            remaining = arrival.since + self._grace_seconds - loop.time()
            if remaining > 0 and not arrival.crowded_out:
                self._timer = loop.call_later(remaining, self._make_room)
                return
            arrival.crowd_out()
            needed -= 1


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """Who waits for a place.

    Attributes:
        size: most bytes that the message may have.
        comes: is done when it has its place.

    """

    size: int
    comes: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class _Arrival:
    """A message that is on its way.

    Attributes:
        since: the loop's time when it began.
        later: whether it is not the first one of its call.
        limit: ends it.
        crowded_out: whether it was ended for the sake of another.

    """

    since: float
    later: bool
    limit: asyncio.Timeout
    crowded_out: bool = False

    def crowd_out(self) -> None:
        """End it, unless it is ending already."""
        if not self.limit.expired():
            self.crowded_out = True
            self.end_at(0)

    def end_at(self, when: float) -> None:
        """End it at the loop's time `when`, which may have passed, unless it is ending already."""
        if not self.limit.expired():
            self.limit.reschedule(when)


def _stalled(seconds: float) -> DeadlineExceededError:
    return DeadlineExceededError(
        Reason.REQUEST_STALLED,
        f"The next message of the call did not come within {seconds:g} seconds. Send it anew, and end streams that are "
        "not in use.",
        metadata={"limit": f"{seconds:g}"},
    )


def _not_taken(seconds: float) -> DeadlineExceededError:
    return DeadlineExceededError(
        Reason.RESPONSE_STALLED,
        f"What was sent was not taken for {seconds:g} seconds. Read the answers as they come.",
        metadata={"limit": f"{seconds:g}"},
    )


def _crowded_out() -> ResourceExhaustedError:
    return ResourceExhaustedError(
        Reason.OVERLOADED,
        "The call was silent while others waited for its place. Send it anew.",
        retry_after=_RETRY_SECONDS,
    )


def _shutting_down() -> UnavailableError:
    return UnavailableError(
        Reason.SHUTTING_DOWN, "The service is shutting down. Try again in a moment.", retry_after=_RETRY_SECONDS
    )


def _no_place() -> ResourceExhaustedError:
    return ResourceExhaustedError(
        Reason.OVERLOADED,
        f"For {_WAIT_SECONDS:g} seconds, too many messages were on their way to the server. Retry later.",
        retry_after=_RETRY_SECONDS,
    )
