"""What a camera wrote into an image file, in plain values, before anybody makes sense of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from PIL import ExifTags, Image

from services.common.image_exif import read_exif_block
from services.common.image_header import DECODE_ERRORS, FORMATS
from services.common.metered_file import MeteredFile

# In any encoding; what is longer is no name of a camera.
MAX_TEXT_BYTES: Final = 400
_MAX_NUMBERS: Final = 8
# PNG's registered keyword for the time at which the original picture was made.
_PNG_TIME: Final = "Creation Time"

_TEXTS: Final = frozenset(
    {
        ExifTags.Base.Make, ExifTags.Base.Model,
        ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal, ExifTags.Base.SubsecTimeOriginal,
        ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized, ExifTags.Base.SubsecTimeDigitized,
        ExifTags.Base.DateTime, ExifTags.Base.OffsetTime, ExifTags.Base.SubsecTime,
    }
)  # fmt: skip
_GPS_TEXTS: Final = frozenset({ExifTags.GPS.GPSLatitudeRef, ExifTags.GPS.GPSLongitudeRef})
_GPS_NUMBERS: Final = frozenset({ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude})


@dataclass(frozen=True, slots=True)
class CameraTags:
    """Tags of the EXIF block and its parts, by their numbers; what is absent or of another type is left out.

    Attributes:
        texts: bytes of texts, at most `MAX_TEXT_BYTES` each, in an encoding that nobody tells.
        gps_texts: likewise, of the part on the place.
        gps_numbers: of the part on the place; what was divided by zero is NaN.
        png_time: text of a PNG's `Creation Time`.

    """

    texts: Mapping[int, bytes] = field(default_factory=dict)
    gps_texts: Mapping[int, bytes] = field(default_factory=dict)
    gps_numbers: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    png_time: bytes = b""


def read_camera_tags(data: bytes) -> CameraTags:
    """Return the tags of the encoded image `data`; none if they are broken.

    Only headers are read: no pixel is decoded, whatever the format.
    """
    try:
        with Image.open(MeteredFile(data), formats=FORMATS) as image:
            png_time = image.info.get(_PNG_TIME)
            block = read_exif_block(image, data)
            tags = {**block, **block.get_ifd(ExifTags.IFD.Exif)}
            gps = {**block.get_ifd(ExifTags.IFD.GPSInfo)}
    except DECODE_ERRORS:
        return CameraTags()
    return CameraTags(_texts(tags, _TEXTS), _texts(gps, _GPS_TEXTS), _numbers(gps), _bytes(png_time) or b"")


def _texts(tags: Mapping[int, object], wanted: frozenset[int]) -> dict[int, bytes]:
    found = {int(tag): _bytes(tags.get(tag)) for tag in wanted}
    return {tag: text for tag, text in found.items() if text is not None}


def _bytes(value: object) -> bytes | None:
    if isinstance(value, str):
        # Pillow reads every ASCII tag as Latin-1, which gives the bytes back as they were.
        value = value.encode("latin-1", errors="ignore")
    return value[:MAX_TEXT_BYTES] if isinstance(value, bytes) else None


def _numbers(tags: Mapping[int, object]) -> dict[int, tuple[float, ...]]:
    found = {}
    for tag in _GPS_NUMBERS:
        parts = tags.get(tag)
        if isinstance(parts, tuple) and len(parts) <= _MAX_NUMBERS:
            try:
                found[int(tag)] = tuple(float(part) for part in parts)
            except (TypeError, ValueError, ArithmeticError):
                continue
    return found
