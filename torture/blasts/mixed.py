"""Clients that together send what takes most memory: pictures of 100 megapixels, large files, and streams of those."""

from functools import cache
from random import Random
from typing import Final

from torture.blasts.calls import Call, streamed, whole
from torture.bombs import make_bomb
from torture.images.samples import sample

# What each of the clients sends.
CLIENTS: Final = ("flat", "file", "file", "flat", "file", "file", "stream", "stream")

_FILE_BYTES: Final = 30_000_000


def mixed_call(server: str, client: str, number: int) -> Call:
    """Return a call of one of `CLIENTS`, with a file of its own: behind the end of a picture, anything may follow."""
    content = (make_bomb("png-rgba-flat") if client == "flat" else _large_file()) + number.to_bytes(4)
    return streamed(server, content) if client == "stream" else whole(server, content)


@cache
def _large_file() -> bytes:
    return sample("jpeg") + Random(1).randbytes(_FILE_BYTES)
