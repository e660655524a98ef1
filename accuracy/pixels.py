"""Pixels of a photo for a model that is run directly."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Return a photo as it is stored, at full size: uint8 [height, width, 3], RGB."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def resized(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the photo stretched to that size, by bilinear interpolation without averaging.

    It is how the authors of both models resize. Averaging looks smoother, but the object model was not trained on
    it: with it, AP at an overlap of 0.5 was one to two points lower on 200 photos.
    """
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
