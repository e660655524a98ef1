"""Connections that speak HTTP/2 badly, or not at all."""

import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS: Final = b"\0\0\0\x04\0\0\0\0\0"
# A HEADERS frame that announces more than comes.
_HALF_HEADERS: Final = b"\0\x10\0\x01\x04\0\0\0\x01" + b"\x83\x86"
_OPENINGS: Final = (
    b"",
    b"GET / HTTP/1.1\r\n\r\n",
    _PREFACE,
    _PREFACE + _SETTINGS,
    _PREFACE + _SETTINGS + _HALF_HEADERS,
)


@contextmanager
def connections(address: str, count: int, generator: Random) -> Iterator[None]:
    """Hold connections open: some say nothing, some begin HTTP/2, some send noise, some close one half."""
    host, _, port = address.rpartition(":")
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection((host, int(port))))
            # A server may hang up on whoever speaks nonsense.
            with contextlib.suppress(OSError):
                connection.sendall(generator.choice((*_OPENINGS, generator.randbytes(2_000))))
                if generator.random() < 0.5:
                    connection.shutdown(socket.SHUT_WR)
        yield
