"""TIFFs of many strips, many tags, and directories that lead back to themselves."""

import struct
from collections.abc import Sequence
from typing import Final

_HEAD: Final = 8
_SHORT, _LONG, _ASCII = 3, 4, 2
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _SAMPLES, _ROWS, _COUNTS, _EXIF = 273, 277, 278, 279, 34665

Entry = tuple[int, int, int, int]


def strips(count: int = 3_000_000) -> bytes:
    """Return a TIFF of `count` rows of one pixel, each a strip of its own."""
    places = _HEAD + 1
    lengths = places + 4 * count
    entries = (
        *_size(1, count),
        (_OFFSETS, _LONG, count, places),
        (_SAMPLES, _SHORT, 1, 1),
        (_ROWS, _LONG, 1, 1),
        (_COUNTS, _LONG, count, lengths),
    )
    tables = struct.pack("<I", _HEAD) * count + struct.pack("<I", 1) * count
    return _head(lengths + 4 * count) + b"\x80" + tables + _directory(entries)


def tags(count: int = 60_000, length: int = 1_000_000) -> bytes:
    """Return a small TIFF with `count` tags of `length` bytes, all of which lie in the same place."""
    entries = _pixel(_HEAD + length) + tuple((40_000 + at % 20_000, _ASCII, length, _HEAD) for at in range(count))
    return _head(_HEAD + length + 1) + b"x" * length + b"\x80" + _directory(entries)


def loop() -> bytes:
    """Return a small TIFF whose directory comes after itself, and is its own EXIF block."""
    directory = _HEAD + 1
    entries = (*_pixel(_HEAD), (_EXIF, _LONG, 1, directory))
    return _head(directory) + b"\x80" + _directory(entries, following=directory)


def _head(directory: int) -> bytes:
    return b"II*\0" + struct.pack("<I", directory)


def _size(width: int, height: int) -> tuple[Entry, ...]:
    return (
        (_WIDTH, _LONG, 1, width),
        (_HEIGHT, _LONG, 1, height),
        (_BITS, _SHORT, 1, 8),
        (_COMPRESSION, _SHORT, 1, 1),
        (_PHOTOMETRIC, _SHORT, 1, 1),
    )


def _pixel(place: int) -> tuple[Entry, ...]:
    return (
        *_size(1, 1),
        (_OFFSETS, _LONG, 1, place),
        (_SAMPLES, _SHORT, 1, 1),
        (_ROWS, _LONG, 1, 1),
        (_COUNTS, _LONG, 1, 1),
    )


def _directory(entries: Sequence[Entry], following: int = 0) -> bytes:
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)
