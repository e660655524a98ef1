"""At which scale a photo is decoded, so that its pixels fit into the memory that there is."""

import math
from typing import Final

from services.common.decoding.codec_memory import DIRECT_MODES, JPEG_FORMATS
from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import ImageHeader

# A JPEG decodes at any eighth of its size, but the other eighths take longer than full size does.
SCALES: Final = (1.0, 1 / 2, 1 / 4, 1 / 8)

_OUT_BYTES: Final = 3
_PILLOW_BYTES: Final = 4
# The file lies in the map that it is handed over by, once more as bytes, and in what its library keeps of it.
_FILES: Final = 3
_MORE: Final = 4 * 1024 * 1024


def fitting_scale(
    header: ImageHeader, size_bytes: int, wanted: float, total: int, *, field: str = "content"
) -> tuple[float, int]:
    """Return the scale at which a photo is decoded, and the bytes that it takes until its pixels are there.

    It is that which is wanted of a JPEG, and full size of others, which take no less to be had smaller; and a smaller
    one where so many pixels would not fit.

    Args:
        header: what the file says of itself.
        size_bytes: size of the file.
        wanted: one of `SCALES`.
        total: the bytes that there are.
        field: path of the request's field, for errors.

    Raises:
        InvalidArgumentError: IMAGE_TOO_MUCH_MEMORY.

    """
    if header.format not in JPEG_FORMATS:
        wanted = 1.0
    needed = 0
    for scale in SCALES:
        if scale <= wanted:
            needed = decoding_bytes(header, size_bytes, scale)
            if needed <= total:
                return scale, needed
    raise too_much_memory(field=field, limit=total, value=needed)


def pixel_bytes(header: ImageHeader, scale: float) -> int:
    """Return the bytes of a photo's pixels at `scale`."""
    return _OUT_BYTES * math.ceil(header.stored_width * scale) * math.ceil(header.stored_height * scale)


def decoding_bytes(header: ImageHeader, size_bytes: int, scale: float) -> int:
    """Return the bytes that decoding a file of `size_bytes` at `scale` takes, all in all."""
    pixels = pixel_bytes(header, scale)
    # A JPEG of another mode is decoded by Pillow, at the same scale.
    if header.format in JPEG_FORMATS and header.mode not in DIRECT_MODES:
        more = pixels // _OUT_BYTES * _PILLOW_BYTES
    else:
        more = 0
    # What is turned upright is copied before it is looked at.
    turned = pixels if header.orientation != 1 else 0
    return header.codec_bytes + pixels + more + turned + _FILES * size_bytes + _MORE


def too_much_memory(*, field: str, limit: int | None = None, value: int | None = None) -> InvalidArgumentError:
    """Return the error for an image that can't be decoded in the memory that there is."""
    figures = {} if limit is None else {"limit": str(limit), "value": str(value)}
    more = "" if limit is None else f": {value:,} bytes, more than the {limit:,} that there are"
    return InvalidArgumentError(
        Reason.IMAGE_TOO_MUCH_MEMORY,
        f"Decoding the image takes too much memory{more}. Send a smaller version or a JPEG, or raise the limit.",
        field=field,
        metadata=figures,
    )
