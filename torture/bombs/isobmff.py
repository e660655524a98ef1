"""AVIFs and HEICs whose boxes lie or are very many."""

import struct
from typing import Final

from torture.bombs.flat import encoded

_SIZE_BOX: Final = b"ispe\0\0\0\0"


def lying_avif(side: int = 64) -> bytes:
    """Return an AVIF of 99 megapixels that says it has `side` x `side` pixels."""
    return resized(encoded("AVIF", "RGB", side=9950, speed=10, quality=1), side)


def many_boxes(count: int = 3_000_000) -> bytes:
    """Return a small AVIF with `count` empty boxes behind its first."""
    data = encoded("AVIF", "RGB", side=64, speed=10)
    first = int.from_bytes(data[:4])
    return data[:first] + (struct.pack(">I", 8) + b"free") * count + data[first:]


def resized(data: bytes, side: int) -> bytes:
    """Return the file with another size in every box that tells one."""
    parts = data.split(_SIZE_BOX)
    return parts[0] + b"".join(_SIZE_BOX + struct.pack(">II", side, side) + part[8:] for part in parts[1:])
