"""Two ways of resizing: without aliasing, for crops, and crisp, for the detectors."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

# Photos that shrink up to so many times are interpolated, which skips pixels: the detectors were trained on photos
# resized like that, and find more in crisp ones.
_MAX_INTERPOLATED: Final = 4


def resize(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return an image, uint8 [height, width, 3], stretched to `width` x `height`; C-contiguous.

    Pixels are averaged over their area where the image shrinks, so that fine patterns don't alias, and are
    interpolated where it grows.
    """
    shrinks = width <= image.shape[1] and height <= image.shape[0]
    return _resize(image, width, height, averaged=shrinks)


def resize_for_detection(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return an image as `resize` does, but average pixels only if it shrinks more than four times."""
    averaged = max(image.shape[1] / width, image.shape[0] / height) > _MAX_INTERPOLATED
    return _resize(image, width, height, averaged=averaged)


def _resize(image: NDArray[np.uint8], width: int, height: int, *, averaged: bool) -> NDArray[np.uint8]:
    interpolation = cv2.INTER_AREA if averaged else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=interpolation)
    return np.asarray(resized, np.uint8)
