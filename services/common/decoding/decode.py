"""The pixels of a photo at a scale, by whichever codec is the fastest."""

import math

import numpy as np

from services.common.decoding.codec_memory import DIRECT_MODES, JPEG_FORMATS
from services.common.decoding.color import convert_to_srgb
from services.common.image_header import ImageHeader
from services.common.image_pixels import Allocate, Pixels, decode_pixels

try:
    import simplejpeg
except ModuleNotFoundError:
    # The embedder does not install it: it decodes few JPEGs, small ones; the pixels are the same.
    simplejpeg = None


def decode(
    data: bytes,
    header: ImageHeader,
    scale: float,
    allocate: Allocate,
    *,
    field: str = "content",
    srgb: bool = False,
) -> Pixels:
    """Decode a photo.

    Args:
        data: the whole file.
        header: what it says of itself.
        scale: 1, 1/2, 1/4 or 1/8.
        allocate: makes room for the pixels.
        field: path of the request's field, for errors.
        srgb: whether to convert them to sRGB, if the file says that they are of another color space.

    Returns:
        uint8 [height, width, 3], RGB, as stored: each side is that of the file times `scale`, rounded up, or longer.

    Raises:
        InvalidArgumentError: IMAGE_UNREADABLE.

    """
    pixels = _decode(data, header, scale, allocate, field)
    if srgb:
        convert_to_srgb(pixels, data)
    return pixels


def _decode(data: bytes, header: ImageHeader, scale: float, allocate: Allocate, field: str) -> Pixels:
    if header.format not in JPEG_FORMATS:
        return decode_pixels(data, reduction=round(1 / scale), allocate=allocate, field=field)
    width, height = math.ceil(header.stored_width * scale), math.ceil(header.stored_height * scale)
    if simplejpeg is not None and header.mode in DIRECT_MODES:
        room = allocate(height, width)
        try:
            return np.asarray(simplejpeg.decode_jpeg(data, min_width=width, min_height=height, buffer=room))
        except ValueError:
            # It refuses harmless faults too, such as stray bytes that some cameras write before a
            # marker. Pillow reads over those and still refuses truncated files: it has the last word.
            pass
    return decode_pixels(data, draft=(width, height), allocate=allocate, field=field)
