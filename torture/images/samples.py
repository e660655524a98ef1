"""One sound picture of each codec, which the damaged ones are made of."""

import io
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import numpy as np
from PIL import ExifTags, Image

_ROOT: Final = Path(__file__).resolve().parents[2]
# No encoder of HEIC is free of patents: a picture that the tests of its reader use.
_HEIC: Final = _ROOT / "tests" / "detector" / "heif" / "orientation_6.heic"
_WIDTH: Final = 144
_HEIGHT: Final = 96


def _encoded(form: str, mode: str = "RGB", **options: object) -> bytes:
    slope = np.add.outer(np.linspace(20, 120, _HEIGHT), np.linspace(0, 90, _WIDTH))[..., None]
    noise = np.random.default_rng(1).normal(0, 20, (_HEIGHT, _WIDTH, 3))
    pixels = np.clip(slope + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, form, **options)
    return file.getvalue()


def _frames() -> bytes:
    frames = [Image.new("P", (_WIDTH, _HEIGHT), shade) for shade in (10, 90, 170)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], comment=b"three frames")
    return file.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "Canon", 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:04 03:02:01"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (1.0, 2.0, 3.0)
    return exif.tobytes()


CODECS: Final[Mapping[str, Callable[[], bytes]]] = {
    "jpeg": lambda: _encoded("JPEG", exif=_exif()),
    "jpeg-progressive": partial(_encoded, "JPEG", progressive=True, quality=90),
    "png": lambda: _encoded("PNG", exif=_exif()),
    "png-palette": partial(_encoded, "PNG", "P"),
    "webp": lambda: _encoded("WEBP", exif=_exif()),
    "webp-lossless": partial(_encoded, "WEBP", "RGBA", lossless=True),
    "gif": _frames,
    "tiff": partial(_encoded, "TIFF", compression="tiff_lzw"),
    "tiff-jpeg": partial(_encoded, "TIFF", compression="jpeg"),
    "bmp": partial(_encoded, "BMP"),
    "bmp-palette": partial(_encoded, "BMP", "P"),
    "heic": _HEIC.read_bytes,
    "avif": lambda: _encoded("AVIF", exif=_exif()),
}


@cache
def sample(codec: str) -> bytes:
    """Return the picture of a codec, one of `CODECS`."""
    return CODECS[codec]()
