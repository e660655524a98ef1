"""Parses the requests of a call, so that one that can't be parsed is a fault of the caller and not of the service."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from google.protobuf.message import DecodeError

from services.common.errors import InvalidArgumentError, Reason


class RequestReader:
    """The messages of a stream of requests.

    Args:
        data: the messages as they came.
        deserialize: parses one.

    """

    def __init__(self, data: AsyncIterator[bytes], deserialize: Callable[[bytes], Any]) -> None:
        self._data = data
        self._deserialize = deserialize

    def __aiter__(self) -> "RequestReader":
        """Return the stream itself."""
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 - any message
        """Return the next message.

        Raises:
            InvalidArgumentError: REQUEST_MALFORMED.
            StopAsyncIteration: the caller sent all.

        """
        return _parsed(await anext(self._data), self._deserialize)


async def read_one(data: AsyncIterator[bytes], deserialize: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - any message
    """Return the message of a call that has one.

    Raises:
        InvalidArgumentError: REQUEST_MALFORMED, also if there is none.

    """
    async for message in data:
        return _parsed(message, deserialize)
    raise InvalidArgumentError(Reason.REQUEST_MALFORMED, "The call came without a request. Send one message.")


def _parsed(message: bytes, deserialize: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - any message
    try:
        return deserialize(message)
    except DecodeError:
        raise InvalidArgumentError(
            Reason.REQUEST_MALFORMED,
            f"The {len(message):,} bytes of the request are not a message of this method. Check that the client was "
            "generated from the contracts of this version, and that nothing on the way changes what it sends.",
        ) from None
