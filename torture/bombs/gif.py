"""GIFs of many comments and many frames."""

import struct
from typing import Final

_BLOCKS: Final = 64
_COMMENT: Final = b"!\xfe" + b"\x01x" * _BLOCKS + b"\0"
# The descriptor of one pixel, and its colour in LZW codes of two bits and more.
_FRAME: Final = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
_TRAILER: Final = b";"


def comments(total: int = 30_000_000) -> bytes:
    """Return a GIF with `total` bytes of comments before its pixel, in blocks of one byte each."""
    return _header(1) + _COMMENT * (total // len(_COMMENT)) + _FRAME + _TRAILER


def frames(count: int = 300_000) -> bytes:
    """Return a GIF with `count` frames of one pixel on a canvas of 2000 x 2000."""
    return _header(2000) + _FRAME * count + _TRAILER


def _header(side: int) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
