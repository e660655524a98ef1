"""The bound on the calls that a server has under way, whatever they do."""

from typing import Final

from services.common.errors import Reason, ResourceExhaustedError

_RETRY_SECONDS: Final = 1.0


class CallLimit:
    """Counts calls, and refuses those over a limit before anything of their request is read.

    Streams take at most half of the places: their clients decide how long they stay, and a few hundred that send
    nothing must not keep every short call out. Belongs to one event loop.

    Args:
        calls: calls under way at once, streams included.

    """

    def __init__(self, calls: int) -> None:
        self._max_calls = calls
        self._max_streams = max(1, calls // 2)
        self._calls = 0
        self._streams = 0

    def enter(self, *, stream: bool) -> None:
        """Take a place, to be given back by `leave`.

        Args:
            stream: whether the call's requests or responses are a stream.

        Raises:
            ResourceExhaustedError: OVERLOADED, with RetryInfo.

        """
        if stream and self._streams >= self._max_streams:
            raise self._refusal("streams", self._streams, self._max_streams)
        if self._calls >= self._max_calls:
            raise self._refusal("calls", self._calls, self._max_calls)
        self._calls += 1
        self._streams += stream

    def leave(self, *, stream: bool) -> None:
        """Give a place back."""
        self._calls -= 1
        self._streams -= stream

    @staticmethod
    def _refusal(what: str, under_way: int, limit: int) -> ResourceExhaustedError:
        return ResourceExhaustedError(
            Reason.OVERLOADED,
            f"The server has {under_way} {what} under way, which is its limit. Retry later, or end {what} that are no "
            "longer needed.",
            retry_after=_RETRY_SECONDS,
            metadata={"limit": str(limit), "value": str(under_way)},
        )
