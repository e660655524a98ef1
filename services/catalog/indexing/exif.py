"""What a camera wrote into an image file."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Final

from PIL import ExifTags

from services.catalog.indexing.capture_time import CaptureTime, parse_capture_time
from services.catalog.vocabulary import Exif
from services.common.camera_tags import MAX_TEXT_BYTES, CameraTags, read_camera_tags

_MAX_CHARS: Final = MAX_TEXT_BYTES // 4
_SEXAGESIMAL: Final = (1, 60, 3600)
_MIN_UTF16_BYTES: Final = 6

# Time, offset from UTC and fraction of a second: of the exposure, of the scan, and of the last change to the file,
# which is the camera's own as long as no program has changed it.
_TIMES: Final = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal, ExifTags.Base.SubsecTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized, ExifTags.Base.SubsecTimeDigitized),
    (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime, ExifTags.Base.SubsecTime),
)


def read_exif(data: bytes) -> Exif:
    """Return what is known of the encoded image `data`; whatever is absent, broken or impossible is None.

    Only headers are read: no pixel is decoded, whatever the format.
    """
    return exif_of(read_camera_tags(data))


def exif_of(tags: CameraTags) -> Exif:
    """Return what the tags of a file mean."""
    time = _capture_time(tags.texts) or parse_capture_time(_text(tags.png_time) or "")
    place = _place(tags)
    return Exif(
        capture_time=time.local if time else None,
        utc_offset_minutes=time.utc_offset_minutes if time else None,
        camera_make=_text(tags.texts.get(ExifTags.Base.Make)),
        camera_model=_text(tags.texts.get(ExifTags.Base.Model)),
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
    )


def _capture_time(texts: Mapping[int, bytes]) -> CaptureTime | None:
    for time_tag, offset_tag, fraction_tag in _TIMES:
        time = parse_capture_time(
            _text(texts.get(time_tag)) or "",
            offset=_text(texts.get(offset_tag)) or "",
            fraction=_text(texts.get(fraction_tag)) or "",
        )
        if time is not None:
            return time
    return None


def _text(raw: bytes | None) -> str | None:
    """Return a tag's text in whatever encoding it came, without what can't be printed; None if nothing is left."""
    text = unicodedata.normalize("NFC", _decoded(raw or b""))
    printable = "".join(character for character in text if character.isprintable())
    return printable.strip()[:_MAX_CHARS].strip() or None


def _decoded(raw: bytes) -> str:
    """Return `raw` as text: UTF-16 where it looks like it, else UTF-8, else the Latin alphabet's code page."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace").split("\0", 1)[0]
    if _is_wide(raw[1::2], raw[::2]):
        return raw.decode("utf-16-le", errors="replace").split("\0", 1)[0]
    if _is_wide(raw[::2], raw[1::2]):
        return raw.decode("utf-16-be", errors="replace").split("\0", 1)[0]
    # Fields of fixed width are padded with NULs, and some cameras leave rubbish behind the first one.
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # A bound on the bytes may have cut the last character of good UTF-8 in two.
        cut = len(raw) == MAX_TEXT_BYTES and error.start > MAX_TEXT_BYTES - 4
        return raw[: error.start].decode("utf-8") if cut else raw.decode("cp1252", errors="replace")


def _is_wide(high: bytes, low: bytes) -> bool:
    """Whether the first characters are Latin letters of two bytes each."""
    few = _MIN_UTF16_BYTES // 2
    return len(high) >= few and not any(high[:few]) and all(low[:few])


def _place(tags: CameraTags) -> tuple[float, float] | None:
    """Return latitude and longitude in WGS 84 degrees; None for what can't be or was never measured."""
    latitude = _degrees(tags, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS", 90)
    longitude = _degrees(tags, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW", 180)
    if latitude is None or longitude is None:
        return None
    # Cameras without a fix write zeros; nobody photographs at the buoy off Ghana where that would be.
    return (latitude, longitude) if latitude or longitude else None


def _degrees(tags: CameraTags, tag: int, reference_tag: int, signs: str, limit: int) -> float | None:
    """Return signed degrees from degrees, minutes and seconds; `signs` has the letters of plus and minus."""
    values, reference = tags.gps_numbers.get(tag, ()), _text(tags.gps_texts.get(reference_tag))
    if len(values) != len(_SEXAGESIMAL) or reference is None:
        return None
    degrees = sum(value / scale for value, scale in zip(values, _SEXAGESIMAL, strict=True))
    # What was divided by zero is NaN, which fails each of these comparisons.
    possible = math.isfinite(degrees) and 0 <= degrees <= limit and all(0 <= value <= 60 for value in values[1:])  # noqa: PLR2004
    if reference[0].upper() not in signs or not possible:
        return None
    return -degrees if reference[0].upper() == signs[1] else degrees
