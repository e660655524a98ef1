"""One sound picture of each codec, which the damaged ones are made of."""

import io
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageCms

_ROOT: Final = Path(__file__).resolve().parents[2]
# No encoder of HEIC is free of patents: a picture that the tests of its reader use.
_HEIC: Final = _ROOT / "tests" / "detector" / "heif" / "orientation_6.heic"
_WIDTH: Final = 144
_HEIGHT: Final = 96


def _picture(seed: int = 1) -> Image.Image:
    slope = np.add.outer(np.linspace(20, 120, _HEIGHT), np.linspace(0, 90, _WIDTH))[..., None]
    noise = np.random.default_rng(seed).normal(0, 20, (_HEIGHT, _WIDTH, 3))
    return Image.fromarray(np.clip(slope + noise, 0, 255).astype(np.uint8))


def _encoded(form: str, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    _picture().convert(mode).save(file, form, **options)
    return file.getvalue()


def _frames(form: str, mode: str, **options: object) -> bytes:
    frames = [_picture(seed).convert(mode) for seed in (1, 2, 3)]
    file = io.BytesIO()
    frames[0].save(file, form, save_all=True, append_images=frames[1:], **options)
    return file.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "Canon", 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:04 03:02:01"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (1.0, 2.0, 3.0)
    return exif.tobytes()


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


CODECS: Final[Mapping[str, Callable[[], bytes]]] = {
    "jpeg": lambda: _encoded("JPEG", exif=_exif(), icc_profile=_profile(), comment=b"a picture"),
    "jpeg-progressive": partial(_encoded, "JPEG", progressive=True, quality=90),
    "jpeg-cmyk": partial(_encoded, "JPEG", "CMYK"),
    "png": lambda: _encoded("PNG", exif=_exif(), icc_profile=_profile()),
    "png-palette": partial(_encoded, "PNG", "P", transparency=3),
    "png-16-bit": partial(_encoded, "PNG", "I;16"),
    "webp": lambda: _encoded("WEBP", exif=_exif(), icc_profile=_profile()),
    "webp-lossless": partial(_encoded, "WEBP", "RGBA", lossless=True),
    "webp-animated": partial(_frames, "WEBP", "RGB"),
    "gif": partial(_frames, "GIF", "P", comment=b"three frames", transparency=7),
    "tiff": partial(_encoded, "TIFF", compression="tiff_lzw"),
    "tiff-pages": partial(_frames, "TIFF", "RGB", compression="tiff_adobe_deflate"),
    "tiff-jpeg": partial(_encoded, "TIFF", compression="jpeg"),
    "bmp": partial(_encoded, "BMP"),
    "bmp-palette": partial(_encoded, "BMP", "P"),
    "heic": _HEIC.read_bytes,
    "avif": lambda: _encoded("AVIF", exif=_exif(), icc_profile=_profile()),
}


@cache
def sample(codec: str) -> bytes:
    """Return the picture of a codec, one of `CODECS`."""
    return CODECS[codec]()
