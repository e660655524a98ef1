"""The pixels of an image file as 8-bit RGB, and how to turn them upright."""

import io
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.cut_image import JPEGS, closed, looks_cut, recover
from services.common.cut_jpeg import lacks_intervals
from services.common.damage import DamagedImageError
from services.common.image_header import DECODE_ERRORS, FORMATS, unreadable
from services.common.png_rows import has_all_rows

Pixels: TypeAlias = NDArray[np.uint8]
# Returns room for uint8 [height, width, 3].
Allocate: TypeAlias = Callable[[int, int], Pixels]

# The least and the greatest value.
_Span: TypeAlias = tuple[np.float32, np.float32]

_NO_SPAN: Final[_Span] = (np.float32(0), np.float32(0))
_TINY: Final = np.finfo(np.float32).tiny
_WHITE: Final = (255, 255, 255, 255)
# What is converted at once, so that only so many pixels are in memory in several forms; both are multiples of what
# pixels are averaged over.
_TILE_WIDTH: Final = 8_192
_TILE_PIXELS: Final = 2**20
_ROWS: Final = 8


def new_pixels(height: int, width: int) -> Pixels:
    """Return room for uint8 [height, width, 3]."""
    return np.empty((height, width, 3), np.uint8)


def decode_pixels(
    data: bytes,
    *,
    draft: tuple[int, int] | None = None,
    reduction: int = 1,
    allocate: Allocate = new_pixels,
    field: str = "content",
) -> Pixels:
    """Decode the first frame of an image file whose header `read_header` has accepted.

    Of 16-bit values the high byte counts; 32-bit integers and floats, which declare no white, are stretched
    from their least to their greatest value. Transparent pixels are laid over white, as most viewers show
    them: the colour below is arbitrary.

    Args:
        data: the whole file.
        draft: (width, height); a JPEG is decoded at the smallest scale that leaves both sides that long.
        reduction: 1, 2, 4 or 8; what is decoded is made so many times smaller, averaging pixels.
        allocate: makes room for the pixels once their number is known.
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
            of, there = (" x ".join(map(str, size)) for size in (declared, image.size))
            raise DamagedImageError(f"its header declares {of} pixels, but there are {there}")
        return image

    try:
        return _converted(_load_whole(data, load), reduction, allocate)
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
    if image.format in JPEGS:
        is_whole = not looks_cut(image) and not lacks_intervals(data)
    else:
        is_whole = not looks_cut(image) or (image.format == "PNG" and has_all_rows(data))
    return image if is_whole else recover(data, image.format or "", load, image)


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


def _converted(image: Image.Image, reduction: int, allocate: Allocate) -> Pixels:
    width, height = (-(-side // reduction) for side in image.size)
    pixels = allocate(height, width)
    span = _span(image) if image.mode in {"I", "F"} else _NO_SPAN
    for left, top, right, bottom in _tiles(*image.size):
        tile = _rgb(image.crop((left, top, right, bottom)), span)
        if reduction > 1:
            tile = tile.reduce(reduction)
        row, column = top // reduction, left // reduction
        pixels[row : row + tile.height, column : column + tile.width] = np.asarray(tile)
    return pixels


def _tiles(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes that cover a picture; all but the last ones of a row or column have sides of multiples of 8."""
    across = min(width, _TILE_WIDTH)
    down = max(_TILE_PIXELS // across // _ROWS, 1) * _ROWS
    for top in range(0, height, down):
        for left in range(0, width, across):
            yield left, top, min(left + across, width), min(top + down, height)


def _rgb(image: Image.Image, span: _Span) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, np.float32), span)).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")
    return image.convert("RGB")


def _span(image: Image.Image) -> _Span:
    """Return the least and the greatest finite value; zeros if there is none."""
    least: list[np.float32] = []
    greatest: list[np.float32] = []
    for box in _tiles(*image.size):
        values = np.asarray(image.crop(box), np.float32)
        finite = values[np.isfinite(values)]
        if finite.size:
            least.append(finite.min())
            greatest.append(finite.max())
    return (min(least), max(greatest)) if least else _NO_SPAN


def _stretched(values: NDArray[np.float32], span: _Span) -> Pixels:
    low, high = span
    scaled = (np.where(np.isfinite(values), values, low) - low) * (255 / max(high - low, _TINY))
    return np.asarray(np.rint(scaled), np.uint8)
