"""The pixels of an image file as 8-bit RGB, and how to turn them upright."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.cut_image import closed, looks_cut, recover
from services.common.image_header import DECODE_ERRORS, FORMATS, unreadable

_WHITE = (255, 255, 255, 255)


def decode_pixels(data: bytes, *, draft: tuple[int, int] | None = None, field: str = "content") -> NDArray[np.uint8]:
    """Decode the first frame of an image file whose header `read_header` has accepted.

    Of 16-bit values the high byte counts; 32-bit integers and floats, which declare no white, are stretched
    from their least to their greatest value. Transparent pixels are laid over white, as most viewers show
    them: the colour below is arbitrary.

    Args:
        data: the whole file.
        draft: (width, height); a JPEG is decoded at the smallest scale that leaves both sides that long.
        field: path of the request's field, for errors.

    Returns:
        uint8 [height, width, 3], RGB, as stored: EXIF orientation is not applied.

    Raises:
        InvalidArgumentError: IMAGE_UNREADABLE.

    """

    def load(data: bytes) -> Image.Image:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if draft is not None:
            image.draft(None, draft)
        declared = image.size
        image.load()
        if image.size != declared:
            raise OSError(f"its header declares {declared} pixels, but there are {image.size}")
        return image

    try:
        return np.asarray(_rgb(_load_whole(data, load)))
    except DECODE_ERRORS as error:
        raise unreadable(error, field=field) from error


def _load_whole(data: bytes, load: Callable[[bytes], Image.Image]) -> Image.Image:
    """Decode a file; one that is cut goes through if hardly a pixel is missing."""
    try:
        image = load(data)
    except DECODE_ERRORS:
        with Image.open(io.BytesIO(closed(data)), formats=FORMATS) as damaged:
            form = damaged.format or ""
        return recover(data, form, load)
    # Decoders fill what is missing without a word where the file closes properly behind it.
    return recover(data, image.format or "", load) if looks_cut(image) else image


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return a view of stored pixels [height, width, 3] with the EXIF `orientation`, 1 to 8, applied.

    Source: Exif 2.32 (CIPA DC-008), tag 274.
    """
    if orientation in {5, 6, 7, 8}:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return pixels


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, np.float32))).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")
    return image.convert("RGB")


def _stretched(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    finite = np.isfinite(values)
    low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    scaled = (np.where(finite, values, low) - low) * (255 / max(high - low, np.finfo(np.float32).tiny))
    return np.rint(scaled).astype(np.uint8)
