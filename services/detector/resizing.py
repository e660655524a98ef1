"""Resizing of pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray


def resize(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return an image, uint8 [height, width, 3], stretched to `width` x `height`; C-contiguous.

    Pixels are averaged over their area where the image shrinks, so that fine patterns don't alias, and are
    interpolated where it grows.
    """
    image = np.ascontiguousarray(image)
    shrinks = width <= image.shape[1] and height <= image.shape[0]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)
