"""Pixels made fewer, with few of them in memory in another form at once."""

import math
from typing import Final

import numpy as np
from PIL import Image

from services.common.image_pixels import Pixels, new_pixels

# What is in memory beside the pixels as they came and the picture.
_TILE_PIXELS: Final = 2**20
# How many times as many pixels are left by averaging as are wanted in the end, so that none of its faults is seen.
_GAP: Final = 2
# Of Lanczos, in pixels of the smaller picture.
_SUPPORT: Final = 3


def resized(pixels: Pixels, width: int, height: int) -> Image.Image:
    """Return pixels as a picture of `width` x `height`, neither of which is more than there are.

    Args:
        pixels: uint8 [height, width, 3]; need not be contiguous.
        width: of the picture.
        height: of the picture.

    """
    factor = max(int(min(pixels.shape[1] / width, pixels.shape[0] / height) / _GAP), 1)
    # The last average of a row or column is of what is left of it.
    across, down = pixels.shape[1] / factor, pixels.shape[0] / factor
    rest = pixels if factor == 1 else _reduced(pixels, factor)
    picture = Image.new("RGB", (width, height))
    ratio = down / height
    margin = _SUPPORT * max(ratio, 1.0) + 1
    step = max(int(_TILE_PIXELS / rest.shape[1] / ratio), 1)
    for top in range(0, height, step):
        bottom = min(top + step, height)
        first = max(math.floor(top * ratio - margin), 0)
        last = min(math.ceil(bottom * ratio + margin), len(rest))
        strip = Image.fromarray(np.ascontiguousarray(rest[first:last]))
        box = (0, top * ratio - first, across, min(bottom * ratio - first, last - first))
        picture.paste(strip.resize((width, bottom - top), Image.Resampling.LANCZOS, box=box), (0, top))
    return picture


def _reduced(pixels: Pixels, factor: int) -> Pixels:
    """Return the averages of squares of `factor` x `factor` pixels."""
    height, width = pixels.shape[:2]
    reduced = new_pixels(-(-height // factor), -(-width // factor))
    rows = max(_TILE_PIXELS // width // factor, 1) * factor
    for top in range(0, height, rows):
        strip = Image.fromarray(np.ascontiguousarray(pixels[top : top + rows]))
        tile = np.asarray(strip.reduce(factor))
        reduced[top // factor : top // factor + len(tile)] = tile
    return reduced
