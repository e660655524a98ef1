"""Photos to be indexed: small JPEGs, each different, that tell the fakes what is on them."""

import io
import re
from functools import cache
from typing import Final

import numpy as np
from PIL import ExifTags, Image

SIDE: Final = 320

_QUALITY: Final = 85
_COMMENT: Final = b"\xff\xfe"
_TABLES: Final = b"\xff\xdb"
_TEXT: Final = re.compile(rb"made-up photo (\d{9}) (face|none)")


def make_photo(number: int, *, has_face: bool = True) -> bytes:
    """Return a JPEG of its own for each number; every other one has EXIF."""
    before, after = _halves(has_exif=number % 2 == 1)
    text = b"made-up photo %09d %s" % (number, b"face" if has_face else b"none")
    return before + _COMMENT + (len(text) + 2).to_bytes(2, "big") + text + after


def read_photo(content: bytes) -> tuple[int, bool]:
    """Return the number of a photo, and whether there is a face on it; `content` may be a message that holds it."""
    match = _TEXT.search(content)
    if match is None:
        raise ValueError("This is none of the benchmark's photos.")
    return int(match[1]), match[2] == b"face"


@cache
def _halves(*, has_exif: bool) -> tuple[bytes, bytes]:
    """Return a JPEG in two parts, between which a comment may stand."""
    pixels = np.linspace(0, 255, SIDE * SIDE * 3).astype(np.uint8).reshape(SIDE, SIDE, 3)
    exif = Image.Exif()
    if has_exif:
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "EOS 80D"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:04 03:02:01"
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY, exif=exif)
    encoded = file.getvalue()
    tables = encoded.index(_TABLES)
    return encoded[:tables], encoded[tables:]
