"""Messages between a service and a decoder process: JSON, after its length. Nothing is ever unpickled."""

import json
import socket
import struct
import time
from typing import Any, Final, TypeAlias

Message: TypeAlias = dict[str, Any]

_LENGTH: Final = struct.Struct(">I")
# Whoever is at the other end may be subverted.
_MAX_BYTES: Final = 65_536


class Channel:
    """One end of a connection.

    Args:
        connection: a connected stream socket.

    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OSError: there is nobody at the other end.

        """
        encoded = json.dumps(message).encode()
        self._connection.sendall(_LENGTH.pack(len(encoded)) + encoded)

    def receive(self, seconds: float | None = None) -> Message:
        """Wait for a message.

        Raises:
            TimeoutError: none came within `seconds`.
            EOFError: there is nobody at the other end.
            OSError: likewise.
            ValueError: what came is no message.

        """
        end = None if seconds is None else time.monotonic() + seconds
        (size,) = _LENGTH.unpack(self._read(_LENGTH.size, end))
        if size > _MAX_BYTES:
            raise ValueError(f"a message of {size} bytes")
        message = json.loads(self._read(size, end))
        if not isinstance(message, dict):
            raise TypeError("a message is a dictionary")
        return message

    def close(self) -> None:
        """Close this end."""
        self._connection.close()

    def _read(self, size: int, end: float | None) -> bytes:
        data = b""
        while len(data) < size:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            part = self._connection.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data
