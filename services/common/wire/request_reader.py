"""Receives and parses the requests of a call, within bounds and so that what is wrong is a fault of the caller."""

from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf.message import DecodeError

from services.common.byte_budget import HeldBytes
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import SMALL_MESSAGE_BYTES
from services.common.wire.arrivals import Arrivals
from services.common.wire.message_shape import check_shape
from services.common.wire.method_bounds import MethodBounds


class RequestReader:
    """The messages of a call's requests.

    Args:
        receive: receives the next message as it came, or None after the last one.
        deserialize: parses one.
        bounds: of the method.
        arrivals: where they have a place while they are on their way.

    """

    def __init__(
        self,
        receive: Callable[[], Awaitable[bytes | None]],
        deserialize: Callable[[bytes], Any],
        bounds: MethodBounds,
        arrivals: Arrivals,
    ) -> None:
        self._receive = receive
        self._deserialize = deserialize
        self._bounds = bounds
        self._arrivals = arrivals
        self._begun = False

    def __aiter__(self) -> "RequestReader":
        """Return the stream itself."""
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 - any message
        """Return the next message.

        Raises:
            InvalidArgumentError: REQUEST_MALFORMED or REQUEST_TOO_LARGE.
            DeadlineExceededError: REQUEST_STALLED.
            UnavailableError: SHUTTING_DOWN.
            ResourceExhaustedError: OVERLOADED.
            StopAsyncIteration: the caller sent all.

        """
        message = await self._arrivals.next(
            self._receive, size=self._bounds.message_bytes, later=self._begun, room=self._bounds.room
        )
        self._begun = True
        if message is None:
            raise StopAsyncIteration
        return self._parsed(message)

    async def only(self, held: HeldBytes | None) -> Any:  # noqa: ANN401 - any message
        """Return the message of a call that has one, once it has room.

        Args:
            held: account of the bytes of images in hand, if the method has images.

        Raises:
            InvalidArgumentError: REQUEST_MALFORMED, also if there is none, or REQUEST_TOO_LARGE.
            DeadlineExceededError: REQUEST_STALLED.
            UnavailableError: SHUTTING_DOWN.
            ResourceExhaustedError: OVERLOADED.

        """
        message = await self._arrivals.next(self._receive, size=self._bounds.message_bytes, admit=self._bounds.admit)
        if message is None:
            raise InvalidArgumentError(Reason.REQUEST_MALFORMED, "The call came without a request. Send one message.")
        if held is not None and len(message) > SMALL_MESSAGE_BYTES:
            await held.add(len(message))
        return self._parsed(message)

    def _parsed(self, message: bytes) -> Any:  # noqa: ANN401 - any message
        limit = self._bounds.message_bytes
        if len(message) > limit:
            raise InvalidArgumentError(
                Reason.REQUEST_TOO_LARGE,
                f"A request of this method has at most {limit:,} bytes, not {len(message):,}.",
                metadata={"limit": str(limit), "value": str(len(message))},
            )
        if self._bounds.has_images:
            # The function is bound to the class of the message.
            check_shape(message, self._deserialize.__self__)  # type: ignore[attr-defined]
        try:
            return self._deserialize(message)
        except DecodeError:
            raise InvalidArgumentError(
                Reason.REQUEST_MALFORMED,
                f"The {len(message):,} bytes of the request are not a message of this method. Check that the client "
                "was generated from the contracts of this version, and that nothing on the way changes what it sends.",
            ) from None
