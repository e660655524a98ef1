"""Cuts faces out of a photo, with the margin and at the size that the embedder expects."""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from services.detector.detections import Box, FaceCrop
from services.detector.photo import Photo
from services.detector.resizing import resize

CROP_SIZE: Final = 160
# Chosen on folds 1 and 2 of LFW, with boxes of CenterFace, for FaceNet; 1.26 in height is as good within noise.
_GROWTH_X: Final = 1.34
_GROWTH_Y: Final = 1.2


def cut_faces(photo: Photo, boxes: Sequence[Box]) -> list[FaceCrop]:
    """Return the crops of the faces with those boxes, which may extend beyond the photo.

    A crop is never enlarged from pixels coarser than the photo has: if those at hand are, the photo is decoded once
    more, at the scale that the smallest face needs.

    Raises:
        AlbumenError: see `Photo.pixels`.

    """
    regions = [grow(box) for box in boxes]
    shortest = min((min(region.width, region.height) for region in regions), default=math.inf)
    pixels = photo.pixels(CROP_SIZE / shortest)
    height, width = pixels.shape[:2]
    return [cut(pixels, region, width / photo.width, height / photo.height) for region in regions]


def grow(box: Box) -> Box:
    """Return the box with the margin that the embedder expects on every side."""
    width, height = box.width * _GROWTH_X, box.height * _GROWTH_Y
    return Box(box.left - (width - box.width) / 2, box.top - (height - box.height) / 2, width, height)


def cut(pixels: NDArray[np.uint8], region: Box, scale_x: float, scale_y: float) -> FaceCrop:
    """Cut a region out of a photo and stretch it to a crop; edge pixels are repeated beyond the border.

    Args:
        pixels: the photo, uint8 [height, width, 3], at any scale.
        region: in pixels of the photo at full scale; rounded to whole pixels of `pixels`.
        scale_x: width of `pixels` as a fraction of the photo's.
        scale_y: height of `pixels` as a fraction of the photo's.

    """
    height, width = pixels.shape[:2]
    left, right = _whole(region.left * scale_x, region.width * scale_x)
    top, bottom = _whole(region.top * scale_y, region.height * scale_y)
    columns, x = _visible(left, right, width)
    rows, y = _visible(top, bottom, height)
    # Stretch first and add the border afterwards, so that a region far larger than the photo costs no memory.
    inside = resize(pixels[rows, columns], x.stop - x.start, y.stop - y.start)
    rgb = cv2.copyMakeBorder(inside, y.start, CROP_SIZE - y.stop, x.start, CROP_SIZE - x.stop, cv2.BORDER_REPLICATE)
    actual = Box(left / scale_x, top / scale_y, (right - left) / scale_x, (bottom - top) / scale_y)
    return FaceCrop(np.asarray(rgb, np.uint8), actual)


def _whole(start: float, extent: float) -> tuple[int, int]:
    first = round(start)
    return first, max(round(start + extent), first + 1)


def _visible(start: int, stop: int, size: int) -> tuple[slice, slice]:
    """Return the part of an interval inside an image of `size` pixels, and where it lies in the crop.

    Both have at least one pixel: the nearest one, if the interval is outside.
    """
    first = min(max(start, 0), size - 1)
    last = max(min(stop, size), first + 1)
    scale = CROP_SIZE / (stop - start)
    begin = min(max(round((first - start) * scale), 0), CROP_SIZE - 1)
    end = min(max(round((last - start) * scale), begin + 1), CROP_SIZE)
    return slice(first, last), slice(begin, end)
