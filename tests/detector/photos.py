"""Photos made for tests, and how boxes are compared."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.detector.detections import Box

Pixels = NDArray[np.uint8]


def portrait(samples_dir: Path) -> Image.Image:
    """One face, 455 x 568 pixels."""
    with Image.open(samples_dir / "obama.jpg") as image:
        return image.convert("RGB").resize((455, 568), Image.Resampling.LANCZOS)


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def heif(name: str) -> bytes:
    """A HEIF of the portrait, 228 x 284 pixels. Made with pillow-heif, because the reader here can't write any."""
    return (Path(__file__).with_name("heif") / f"{name}.heic").read_bytes()


def iou(one: Box, other: Box) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    common = max(width, 0) * max(height, 0)
    return common / (one.width * one.height + other.width * other.height - common)


def difference(one: Pixels, other: Pixels) -> float:
    """Mean absolute difference of two pictures."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())
