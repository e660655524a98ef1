"""A bound on the bytes of images that a process holds for its calls, however many calls there are."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from services.common.errors import Reason, ResourceExhaustedError

if TYPE_CHECKING:
    from collections.abc import Callable

_RETRY_SECONDS: Final = 0.5
_RELIEF_SECONDS: Final = 1.0


class ByteBudget:
    """Counts the bytes that calls hold, and refuses those over a limit. Belongs to one event loop.

    Args:
        what: name of whose memory is limited, for refusals.
        limit: bytes that all calls together may hold.

    Attributes:
        taken: bytes that calls have held since the start, all in all.
        relieve: asks those who hold bytes and wait for their client to go; says whether any will.

    """

    def __init__(self, what: str, limit: int) -> None:
        self.relieve: Callable[[], bool] = lambda: False
        self._what = what
        self._limit = limit
        self.taken = 0
        self._held = 0
        self._given_back = asyncio.Event()

    @property
    def held(self) -> int:
        """Bytes that calls hold now."""
        return self._held

    def check(self) -> None:
        """Refuse what would find no room, before its bytes are here; takes nothing.

        Raises:
            ResourceExhaustedError: OVERLOADED, with RetryInfo.

        """
        if self._held >= self._limit:
            raise self._refusal(0)

    def hold(self) -> "HeldBytes":
        """Return an account to hold bytes on; leaving it as a context gives all of them back."""
        return HeldBytes(self)

    async def room(self, size: int = 1) -> None:
        """Wait until there is room for so many bytes, or nobody holds any; it may be gone when they are here."""
        while self._held and not self._fits(size):
            await self._given_back.wait()

    async def take(self, size: int) -> None:
        """Take bytes, to be given back by `give_back`; whoever waits for a client that is silent makes room first.

        Raises:
            ResourceExhaustedError: OVERLOADED, with RetryInfo.

        """
        if not self._fits(size) and self.relieve():
            with suppress(TimeoutError):
                async with asyncio.timeout(_RELIEF_SECONDS):
                    while not self._fits(size):
                        await self._given_back.wait()
        if not self._fits(size):
            raise self._refusal(size)
        self.take_anyway(size)

    def take_anyway(self, size: int) -> None:
        """Take bytes that are here already, room or not."""
        self._held += size
        self.taken += size

    def give_back(self, size: int) -> None:
        """Give bytes back."""
        self._held -= size
        given_back, self._given_back = self._given_back, asyncio.Event()
        given_back.set()

    def _fits(self, size: int) -> bool:
        return self._held + size <= self._limit

    def _refusal(self, size: int) -> ResourceExhaustedError:
        return ResourceExhaustedError(
            Reason.OVERLOADED,
            f"The {self._what} holds {self._held:,} bytes of images, its limit is {self._limit:,}, and there is no "
            "room for more. Retry later.",
            retry_after=_RETRY_SECONDS,
            metadata={"limit": str(self._limit), "value": str(self._held + size)},
        )


class HeldBytes:
    """What one call holds."""

    __slots__ = ("_budget", "_size")

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._size = 0

    async def add(self, size: int) -> None:
        """Hold more bytes.

        Raises:
            ResourceExhaustedError: OVERLOADED, with RetryInfo.

        """
        await self._budget.take(size)
        self._size += size

    def add_anyway(self, size: int) -> None:
        """Hold bytes that are here already, room or not."""
        self._budget.take_anyway(size)
        self._size += size

    def give_back(self, size: int) -> None:
        """Give some of the bytes back."""
        self._budget.give_back(size)
        self._size -= size

    def __enter__(self) -> Self:
        """Return the account, with nothing on it yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back all that is still held."""
        if self._size:
            self.give_back(self._size)
