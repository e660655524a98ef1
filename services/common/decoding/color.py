"""Pixels in the color space that every screen takes for granted."""

import io
from typing import Final

import numpy as np
from PIL import Image

from services.common.cut_image import closed
from services.common.image_header import DECODE_ERRORS, FORMATS
from services.common.image_pixels import Pixels
from services.common.metered_file import MeteredFile

# Real ones have up to a few kilobytes; those with tables, as printers have, up to a few megabytes.
_MAX_PROFILE_BYTES: Final = 4 * 1024 * 1024
_TILE_PIXELS: Final = 2**18


def convert_to_srgb(pixels: Pixels, data: bytes) -> None:
    """Convert pixels in place, as the ICC profile of their file says.

    Without a profile, or with one that is damaged or of other channels than red, green and blue, they stay as they are:
    so viewers show them.

    Args:
        pixels: uint8 [height, width, 3].
        data: the file.

    """
    try:
        with Image.open(MeteredFile(closed(data)), formats=FORMATS) as image:
            encoded = image.info.get("icc_profile")
        if isinstance(encoded, bytes) and 0 < len(encoded) <= _MAX_PROFILE_BYTES:
            _convert(pixels, encoded)
    except DECODE_ERRORS:
        return


def _convert(pixels: Pixels, encoded: bytes) -> None:
    # Imported here, for decoders start without it, and few photos need it.
    from PIL import ImageCms  # noqa: PLC0415

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(encoded))
        # Most cameras say that they mean sRGB; there is nothing to do then.
        if profile.profile.xcolor_space.strip() != "RGB" or "sRGB" in (profile.profile.profile_description or ""):
            return
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
        rows = max(_TILE_PIXELS // pixels.shape[1], 1)
        for top in range(0, len(pixels), rows):
            tile = Image.fromarray(pixels[top : top + rows])
            ImageCms.applyTransform(tile, transform, inPlace=True)
            pixels[top : top + rows] = np.asarray(tile)
    except ImageCms.PyCMSError:
        return
