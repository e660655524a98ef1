"""Whether a PNG has all of its rows, told from the length of its data. Source: PNG (ISO/IEC 15948), 8.2, 9, 10."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_SIGNATURE_BYTES: Final = 8
_CHUNK: Final = struct.Struct(">I4s")
_CHECKSUM_BYTES: Final = 4
_HEADER: Final = struct.Struct(">IIBBBBB")
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column and row of each pass of an interlaced picture, and its steps.
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_AT_ONCE: Final = 2**20


def has_all_rows(png: bytes) -> bool:
    """Return whether as much data is packed in `png` as its pixels take; False for what is damaged."""
    try:
        header = _HEADER.unpack_from(png, _SIGNATURE_BYTES + _CHUNK.size)
        return _missing_bytes(png, _row_bytes(*header)) == 0
    except (struct.error, zlib.error, KeyError):
        return False


def _row_bytes(width: int, height: int, depth: int, colour: int, _: int, __: int, interlace: int) -> int:
    """Return the bytes of all rows, each of which has one more for its filter."""
    bits = depth * _CHANNELS[colour]
    passes = _PASSES if interlace else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-max(width - left, 0) // across), -(-max(height - top, 0) // down)
        total += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return total


def _missing_bytes(png: bytes, wanted: int) -> int:
    """Return how many of the `wanted` bytes are not there."""
    inflate = zlib.decompressobj()
    for packed in _data(png):
        rest = packed
        while rest and wanted > 0:
            wanted -= len(inflate.decompress(rest, _AT_ONCE))
            rest = inflate.unconsumed_tail
        if wanted <= 0:
            return 0
    return wanted


def _data(png: bytes) -> Iterator[bytes]:
    position = _SIGNATURE_BYTES
    while position + _CHUNK.size <= len(png):
        size, kind = _CHUNK.unpack_from(png, position)
        start = position + _CHUNK.size
        if kind == b"IDAT":
            yield png[start : start + size]
        position = start + size + _CHECKSUM_BYTES
