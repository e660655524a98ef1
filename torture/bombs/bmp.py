"""BMPs whose pixels are runs of one, and of one bit."""

import struct
from typing import Final

_SIDE: Final = 9984
_RLE8: Final = 1


def run_length(width: int = 9984, height: int = 1500) -> bytes:
    """Return a BMP in which each pixel is a run of its own."""
    data = (b"\x01\x00" * width + b"\0\0") * height + b"\0\1"
    return _head(width, height, 8, _RLE8, len(data)) + data


def flat(side: int = _SIDE) -> bytes:
    """Return a BMP of one bit a pixel, `side` pixels wide and high."""
    row = -(-side // 32) * 4
    return _head(side, side, 1, 0, row * side) + bytes(row * side)


def _head(width: int, height: int, bits: int, compression: int, size: int) -> bytes:
    palette = b"".join(bytes((at, at, at, 0)) for at in range(1 << bits))
    start = 14 + 40 + len(palette)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, size, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", start + size, 0, 0, start) + info + palette
