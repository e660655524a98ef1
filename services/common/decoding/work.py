"""How much work the structure of an image file asks for, read from the structure alone.

Each of these is a file of a few megabytes that keeps a decoder busy for minutes. This is a polite refusal, told
apart by what is too much, before any time is spent; what it can't see ends with the time that a photo may take.
"""

import re
import struct
from collections.abc import Iterator
from typing import Final

from services.common import limits
from services.common.errors import InvalidArgumentError, Reason

# Any marker of a JPEG but a stuffed zero, a restart and a filling byte.
_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_END: Final = 0xD9
_SCAN: Final = 0xDA
# Without a length: for temporary use, and the start of a picture.
_BARE: Final = frozenset({0x01, 0xD8})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Huffman or arithmetic coding, all coefficients of a block at once.
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1, 0xC9})

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK: Final = struct.Struct(">I4s")
_PNG_CHECKSUM_BYTES: Final = 4

# StripOffsets, StripByteCounts, TileOffsets, TileByteCounts.
_TIFF_PARTS: Final = frozenset({273, 279, 324, 325})
_BIG_TIFF: Final = 43

_GIF_HEAD_BYTES: Final = 13
_GIF_EXTENSION: Final = 0x21

_BMP_HEAD_BYTES: Final = 34
_BMP_INFO_BYTES: Final = 40
_RUN_LENGTHS: Final = frozenset({1, 2})


def check_work(data: bytes, *, field: str = "content") -> None:
    """Refuse an image file that would take absurdly long to decode; what is damaged is left to its decoder.

    Raises:
        InvalidArgumentError: IMAGE_TOO_COSTLY.

    """
    try:
        if data.startswith(b"\xff\xd8"):
            _check_jpeg(data, field)
        elif data.startswith(_PNG):
            _check_png(data, field)
        elif data[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
            _check_tiff(data, field)
        elif data.startswith((b"GIF87a", b"GIF89a")):
            _check_gif(data, field)
        elif data.startswith(b"BM"):
            _check_bmp(data, field)
    except (struct.error, IndexError):
        # It ends in the middle of its structure.
        return


def too_costly(message: str, *, field: str, limit: int | None = None, value: int | None = None) -> InvalidArgumentError:
    """Return the error for an image that takes too much work to decode."""
    figures = {} if limit is None else {"limit": str(limit), "value": str(value)}
    return InvalidArgumentError(
        Reason.IMAGE_TOO_COSTLY, f"{message} Save it anew with another program.", field=field, metadata=figures
    )


def _check(value: int, limit: int, what: str, field: str) -> None:
    if value > limit:
        raise too_costly(
            f"The image takes too much work to decode: {what}, and at most {limit:,} are read.",
            field=field,
            limit=limit,
            value=value,
        )


def keeps_coefficients(jpeg: bytes) -> bool:
    """Whether a JPEG comes in several scans, so that its decoder has to keep all of it until the last one."""
    components, sequential = 0, False
    try:
        for marker, body in _segments(jpeg):
            if marker in _FRAMES:
                components, sequential = jpeg[body + 7], marker in _SEQUENTIAL
            elif marker == _SCAN:
                return not sequential or jpeg[body + 2] != components
    except (struct.error, IndexError):
        pass
    return False


def _segments(jpeg: bytes) -> Iterator[tuple[int, int]]:
    """Yield the marker of each segment of the first picture, and where its body begins."""
    position = 2
    for _ in range(limits.MAX_JPEG_SEGMENTS + 1):
        found = _MARKER.search(jpeg, position)
        if found is None or found[0][1] == _END:
            return
        marker, position = found[0][1], found.end()
        if marker not in _BARE:
            yield marker, position
            position += struct.unpack_from(">H", jpeg, position)[0]


def _check_jpeg(data: bytes, field: str) -> None:
    """Count the scans, each of which goes over all pixels; nothing is behind one that is all of its picture."""
    scans = pixels = 0
    for segments, (marker, body) in enumerate(_segments(data), 1):
        _check(segments, limits.MAX_JPEG_SEGMENTS, "it has even more segments", field)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, body + 3)
            pixels = width * height
        elif marker == _SCAN:
            if not scans and not keeps_coefficients(data):
                return
            scans += 1
            what = f"{scans:,} scans of {pixels:,} pixels are {scans * pixels:,} pixels"
            _check(scans * pixels, limits.MAX_SCANNED_PIXELS, what, field)


def _check_png(data: bytes, field: str) -> None:
    position, chunks = len(_PNG), 0
    while position + _PNG_CHUNK.size <= len(data):
        size, kind = _PNG_CHUNK.unpack_from(data, position)
        if kind == b"IEND":
            return
        position += _PNG_CHUNK.size + size + _PNG_CHECKSUM_BYTES
        chunks += 1
        _check(chunks, limits.MAX_PNG_CHUNKS, "it has even more chunks", field)


def _check_tiff(data: bytes, field: str) -> None:
    order = "<" if data.startswith(b"II") else ">"
    big = _BIG_TIFF in data[2:4]
    (start,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    counted = struct.Struct(order + ("Q" if big else "H"))
    entry = struct.Struct(order + ("HHQQ" if big else "HHII"))
    (entries,) = counted.unpack_from(data, start)
    for number in range(min(entries, limits.MAX_TIFF_PARTS)):
        tag, _, count, _ = entry.unpack_from(data, start + counted.size + number * entry.size)
        if tag in _TIFF_PARTS:
            _check(count, limits.MAX_TIFF_PARTS, f"{count:,} strips or tiles", field)


def _check_gif(data: bytes, field: str) -> None:
    """Count the blocks before the first frame, which is the one that is read."""
    flags = data[10]
    position, blocks = _GIF_HEAD_BYTES + (3 << (flags % 8 + 1) if flags & 0x80 else 0), 0
    while data[position] == _GIF_EXTENSION:
        position += 2
        while True:
            size = data[position]
            position += 1 + size
            blocks += 1
            _check(blocks, limits.MAX_GIF_BLOCKS, "it has even more blocks before its first frame", field)
            if size == 0:
                break


def _check_bmp(data: bytes, field: str) -> None:
    """Bound what is packed as runs of equal pixels, which are unpacked slowly."""
    if len(data) < _BMP_HEAD_BYTES:
        return
    info, width, height, _, _, compression = struct.unpack_from("<IiiHHI", data, 14)
    if info < _BMP_INFO_BYTES or compression not in _RUN_LENGTHS:
        return
    _check(len(data), limits.MAX_RUN_LENGTH_BYTES, f"{len(data):,} bytes of run lengths", field)
    pixels = width * abs(height)
    _check(pixels, limits.MAX_RUN_LENGTH_PIXELS, f"{pixels:,} pixels as run lengths", field)
