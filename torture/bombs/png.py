"""PNGs of many chunks, of little data that unpacks to much, and of many pixels."""

import struct
import zlib
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SIDE: Final = 9990
_UNPACKED: Final = 500_000_000
_BLOCK: Final = 1 << 20


def chunks(count: int = 2_500_000) -> bytes:
    """Return a small PNG with `count` empty chunks of an unknown kind before its data."""
    return _png(_header(16, 16, 8, 0), _chunk(b"teSt", b"") * count, _data(bytes(17 * 16)))


def empty_idats(count: int = 2_500_000) -> bytes:
    """Return a small PNG whose data begins with `count` empty chunks."""
    return _png(_header(16, 16, 8, 0), _chunk(b"IDAT", b"") * count, _data(bytes(17 * 16)))


def text() -> bytes:
    """Return a small PNG with a text of 500 MB, packed."""
    return _png(_header(16, 16, 8, 0), _chunk(b"zTXt", b"Comment\0\0" + _zeros(_UNPACKED)), _data(bytes(17 * 16)))


def profile() -> bytes:
    """Return a small PNG with a colour profile of 500 MB, packed."""
    return _png(_header(16, 16, 8, 0), _chunk(b"iCCP", b"profile\0\0" + _zeros(_UNPACKED)), _data(bytes(17 * 16)))


def flat(*, channels: int, color_type: int, depth: int = 8, interlaced: bool = False, side: int = _SIDE) -> bytes:
    """Return a PNG of one colour.

    Args:
        channels: bytes a pixel.
        color_type: as IHDR has it.
        depth: bits a channel.
        interlaced: whether it is sent in seven passes.
        side: width and height, in pixels.

    """
    # Seven passes have a few more rows than one; what is left over is ignored.
    rows = side * 2 if interlaced else side
    return _png(
        _header(side, side, depth, color_type, interlaced=interlaced),
        _chunk(b"IDAT", _zeros((side * channels + 1) * side + rows)),
    )


def _png(*parts: bytes) -> bytes:
    return b"".join((_SIGNATURE, *parts, _chunk(b"IEND", b"")))


def _header(width: int, height: int, depth: int, color_type: int, *, interlaced: bool = False) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced))


def _data(rows: bytes) -> bytes:
    return _chunk(b"IDAT", zlib.compress(rows))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(count: int) -> bytes:
    """Return so many zeros, packed; they are never in memory together."""
    packer = zlib.compressobj(9)
    packed = [packer.compress(bytes(min(_BLOCK, count - start))) for start in range(0, count, _BLOCK)]
    return b"".join((*packed, packer.flush()))
