"""What a camera wrote into an image file."""

import io
import math
import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PIL import ExifTags, Image

from services.catalog.vocabulary import Exif
from services.common.image_header import DECODE_ERRORS, FORMATS

_MAX_CHARS: Final = 100
_TIME_FORMAT: Final = "%Y:%m:%d %H:%M:%S"
_OFFSET: Final = re.compile(r"([+-])(\d{2}):(\d{2})")
_MAX_OFFSET_MINUTES: Final = 14 * 60
_SEXAGESIMAL: Final = (1, 60, 3600)


def read_exif(data: bytes) -> Exif:
    """Return what is known of the encoded image `data`; whatever is absent, broken or impossible is None."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken blocks; here they are an everyday matter.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                block = image.getexif()
                tags: dict[int, object] = {**block, **block.get_ifd(ExifTags.IFD.Exif)}
                gps: dict[int, object] = {**block.get_ifd(ExifTags.IFD.GPSInfo)}
    except DECODE_ERRORS:
        return Exif()
    capture_time = _time(tags.get(ExifTags.Base.DateTimeOriginal))
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW", 180)
    located = latitude is not None and longitude is not None
    return Exif(
        capture_time=capture_time,
        utc_offset_minutes=_offset(tags.get(ExifTags.Base.OffsetTimeOriginal)) if capture_time else None,
        camera_make=_text(tags.get(ExifTags.Base.Make)),
        camera_model=_text(tags.get(ExifTags.Base.Model)),
        latitude=latitude if located else None,
        longitude=longitude if located else None,
    )


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return None
    # Fixed-width fields are padded with NULs, and some cameras leave rubbish behind the first one.
    printable = "".join(character for character in value.split("\0", 1)[0] if character.isprintable())
    return printable.strip()[:_MAX_CHARS].strip() or None


def _time(value: object) -> datetime | None:
    try:
        return datetime.strptime(_text(value) or "", _TIME_FORMAT)  # noqa: DTZ007
    except ValueError:
        return None


def _offset(value: object) -> int | None:
    match = _OFFSET.fullmatch(_text(value) or "")
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > _MAX_OFFSET_MINUTES:
        return None
    return -minutes if match[1] == "-" else minutes


def _degrees(gps: Mapping[int, object], tag: int, reference_tag: int, signs: str, limit: int) -> float | None:
    """Return signed degrees from degrees, minutes and seconds; `signs` has the letters of plus and minus."""
    parts, reference = gps.get(tag), _text(gps.get(reference_tag))
    if not isinstance(parts, tuple) or len(parts) != len(_SEXAGESIMAL) or reference is None:
        return None
    try:
        degrees = sum(float(part) / scale for part, scale in zip(parts, _SEXAGESIMAL, strict=True))
    except (TypeError, ValueError, ArithmeticError):
        return None
    if reference[0].upper() not in signs or not math.isfinite(degrees) or not 0 <= degrees <= limit:
        return None
    return -degrees if reference[0].upper() == signs[1] else degrees
