"""How much memory a codec takes, told from the header of the image.

The figures are peaks of resident memory, measured with 36 megapixels of each kind; Pillow keeps a pixel of three or
four channels in four bytes.
"""

import math
from typing import Final

from PIL import BmpImagePlugin, Image, JpegImagePlugin

from services.common.decoding.work import keeps_coefficients

JPEG_FORMATS: Final = frozenset({"JPEG", "MPO"})
# What is decoded from a JPEG straight into the pixels that are wanted.
DIRECT_MODES: Final = frozenset({"RGB", "L"})

_OF_MODE: Final = {"1": 1.0, "L": 1.0, "P": 1.0, "I;16": 2.0, "I;16B": 2.0, "I;16L": 2.0}
_OF_OTHER_MODES: Final = 4.0
# With what their libraries hold beside Pillow: planes, canvases of an animation.
# A GIF that ends in its background is decoded twice, to see whether it ends too early.
_OF_FORMAT: Final = {"GIF": 2.1, "WEBP": 16.5, "HEIF": 7.6, "AVIF": 9.1}
_OF_ALPHA_IN_AVIF: Final = 2.5
# Rows on their way, quantisation, Huffman tables.
_OF_ANY_JPEG: Final = 0.3
_COEFFICIENT_BYTES: Final = 2
# Run lengths are unpacked twice over before they become pixels.
_OF_RUN_LENGTHS: Final = 2.0


def codec_bytes(image: Image.Image, data: bytes) -> int:
    """Return the bytes that its decoder takes for `image`, opened from the file `data`, beside the pixels it makes."""
    pixels = image.width * image.height
    if image.format in JPEG_FORMATS:
        return math.ceil(pixels * (_OF_ANY_JPEG + (_of_coefficients(image) if keeps_coefficients(data) else 0)))
    each = _OF_FORMAT.get(image.format or "", _OF_MODE.get(image.mode, _OF_OTHER_MODES))
    if image.format == "AVIF" and image.mode == "RGBA":
        each += _OF_ALPHA_IN_AVIF
    if isinstance(image, BmpImagePlugin.BmpImageFile) and image.tile and image.tile[0].codec_name == "bmp_rle":
        each += _OF_RUN_LENGTHS
    return math.ceil(pixels * each)


def _of_coefficients(image: Image.Image) -> float:
    """Return the bytes of all coefficients a pixel: colours are mostly stored at half the size or a quarter."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or not image.layer:
        return _COEFFICIENT_BYTES * len(image.getbands())
    finest = max(across * down for _, across, down, _ in image.layer)
    return _COEFFICIENT_BYTES * sum(across * down / finest for _, across, down, _ in image.layer)
