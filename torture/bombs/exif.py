"""JPEGs whose EXIF block costs more than the picture."""

import io
import struct
from typing import Final

from PIL import Image

_MOST: Final = 65_533 - 6 - 2
_ENTRY: Final = 12
_ASCII, _LONG, _RATIONAL = 2, 4, 5
_EXIF_BLOCK, _GPS_BLOCK, _MAKE = 34665, 34853, 271


def many_tags() -> bytes:
    """Return a JPEG with 5,000 tags, each of the whole block, in each of three directories."""
    count = 5_000
    entries = b"".join(struct.pack("<HHII", 40_000 + at, _ASCII, _MOST - 8, 8) for at in range(count))
    pointers = struct.pack("<HHII", _EXIF_BLOCK, _LONG, 1, 8) + struct.pack("<HHII", _GPS_BLOCK, _LONG, 1, 8)
    return _jpeg(struct.pack("<H", count + 2) + entries + pointers + bytes(4))


def loop() -> bytes:
    """Return a JPEG whose EXIF directory is its own EXIF block, its own GPS block and the one after itself."""
    pointers = b"".join(struct.pack("<HHII", tag, _LONG, 1, 8) for tag in (_EXIF_BLOCK, _GPS_BLOCK, 330, 40965))
    return _jpeg(struct.pack("<H", 4) + pointers + struct.pack("<I", 8))


def huge_counts() -> bytes:
    """Return a JPEG whose tags say that they have 4,294,967,295 values."""
    entries = b"".join(
        struct.pack("<HHII", tag, kind, 0xFFFFFFFF, 8)
        for tag in (_MAKE, 272, 274, 306, 36867, 36868, 37521)
        for kind in (_ASCII, _LONG, _RATIONAL)
    )
    return _jpeg(struct.pack("<H", len(entries) // _ENTRY) + entries + bytes(4))


def _jpeg(directory: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "gray").save(file, "JPEG")
    data = file.getvalue()
    block = b"Exif\0\0" + (b"II*\0" + struct.pack("<I", 8) + directory).ljust(_MOST, b"x")
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]
