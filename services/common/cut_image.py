"""Image files that end too early: whether their pixels are there all the same, and how many are not."""

import io
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.cut_jpeg import decode_cut
from services.common.damage import MAX_MISSING_SHARE, DamagedImageError

JPEGS: Final = frozenset({"JPEG", "MPO"})
_CHUNK_HEADER_BYTES: Final = 8
_FIRST_CHUNK: Final = 12
# Decoders want more bytes than they use up; any filling is long enough with so many.
_SLACK_BYTES: Final = 65_536
_MAX_CHUNKS: Final = 20_000
# Decoders draw these bytes as a pattern that no filling has, and there are enough of them for a row of blocks.
_NOISE: Final = bytes(range(1, 255)) * 256
# libjpeg's filling, and its inverse in CMYK.
_JPEG_FILLING: Final = (127, 128)
_CHECKED_PIXELS: Final = 8
_STRIP_ROWS: Final = 256


def closed(data: bytes, filling: bytes = b"\0") -> bytes:
    """Return a cut WebP file as one that its reader opens; files of other formats and whole ones as they are.

    The reader wants every chunk that the file declares. A last chunk of compressed pixels is made longer, with
    `filling` behind what there is of it; any other is left out, because the pixels are before it.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or _chunk_end(data, 0) <= len(data):
        return data
    start = _FIRST_CHUNK
    for _ in range(_MAX_CHUNKS):
        end = _chunk_end(data, start)
        if end > len(data):
            break
        start = end
    kept = data[:start]
    if data[start : start + 4] in {b"VP8 ", b"VP8L"} and len(data) - start > _CHUNK_HEADER_BYTES:
        pixels = data[start + _CHUNK_HEADER_BYTES :] + filling * (_SLACK_BYTES // len(filling))
        pixels += b"\0" * (len(pixels) % 2)
        kept += data[start : start + 4] + len(pixels).to_bytes(4, "little") + pixels
    return kept[:4] + (len(kept) - _CHUNK_HEADER_BYTES).to_bytes(4, "little") + kept[_CHUNK_HEADER_BYTES:]


def _chunk_end(riff: bytes, start: int) -> int:
    size = int.from_bytes(riff[start + 4 : start + _CHUNK_HEADER_BYTES], "little")
    return start + _CHUNK_HEADER_BYTES + size + size % 2


def looks_cut(image: Image.Image) -> bool:
    """Whether a decoded `image` ends in what its decoder puts where data is missing; true of a few whole ones too."""
    if image.format in JPEGS:
        end = np.asarray(image.crop((max(image.width - _CHECKED_PIXELS, 0), image.height - 1, *image.size)))
        return bool(np.isin(end, _JPEG_FILLING).all())
    if image.format in {"PNG", "GIF"}:
        # Two rows, because the last row of an interlaced picture may be of another pass than the one before.
        end = np.asarray(image.crop((0, max(image.height - 2, 0), *image.size)))
        filling = image.info.get("transparency", 0) if image.format == "GIF" else 0
        return bool((end.reshape(len(end), -1) == filling).all(axis=1).any())
    return False


def recover(
    data: bytes, form: str, load: Callable[[bytes], Image.Image], decoded: Image.Image | None = None
) -> Image.Image:
    """Decode a cut file, and refuse it if more than `MAX_MISSING_SHARE` of its pixels are not in it.

    It is decoded twice, with two different fillings in place of what is missing: a pixel that differs is missing. Of
    a JPEG that is not all, see `cut_jpeg.decode_cut`.

    Args:
        data: the whole file.
        form: Pillow's name of its format.
        load: opens and decodes a file.
        decoded: what the decoder made of it by itself, if it made something.

    Raises:
        DamagedImageError: pixels are missing.
        Exception: any of `image_header.DECODE_ERRORS`.

    """
    if form in JPEGS:
        one, missing = decode_cut(data, load)
    elif form == "WEBP":
        one = load(closed(data))
        # Decoded from a file that was filled, not over a ground that was.
        missing = _missing_share(one, load(closed(data, _NOISE)), to_the_end=True)
    elif form in {"PNG", "GIF", "BMP"}:
        # By themselves they decode over zeros.
        one = decoded or _load_over(data, form, 0)
        missing = _missing_share(one, _load_over(data, form, 255), to_the_end=False)
    else:
        raise DamagedImageError("its data ends too early")
    if missing > MAX_MISSING_SHARE:
        raise DamagedImageError(f"{missing:.1%} of its pixels are missing")
    return one


def _load_over(data: bytes, form: str, ink: int) -> Image.Image:
    """Decode as much as there is over a ground of `ink`."""
    image = Image.open(io.BytesIO(data), formats=(form,))
    prepare = image.load_prepare

    def fill() -> None:
        prepare()
        image.im.paste(ink if len(image.getbands()) == 1 else (ink,) * len(image.getbands()), (0, 0, *image.size))

    image.load_prepare = fill  # type: ignore[method-assign]
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, IndexError, EOFError):
        # What was decoded before stays in the image. Without tiles nothing is left to be decoded.
        image.tile = []
    finally:
        # What refers to itself is in memory until somebody looks for garbage.
        del image.load_prepare
    return image


def _missing_share(one: Image.Image, other: Image.Image, *, to_the_end: bool) -> float:
    """Return the share of pixels that differ, 0 to 1; `to_the_end`, those below a differing pixel count as well."""
    if one.size != other.size or one.mode != other.mode:
        return 1.0
    missing = 0
    above = np.zeros(one.width, np.bool_)
    # In strips, because a copy of a large picture, and of another one, is memory that a damaged file isn't worth.
    for top in range(0, one.height, _STRIP_ROWS):
        box = (0, top, one.width, min(top + _STRIP_ROWS, one.height))
        differ = _differing(np.asarray(one.crop(box)), np.asarray(other.crop(box)))
        if to_the_end:
            # Both fillings may happen to agree here and there.
            differ = np.logical_or.accumulate(np.vstack((above, differ)), axis=0)[1:]
            above = differ[-1]
        missing += int(np.count_nonzero(differ))
    return missing / (one.width * one.height)


def _differing(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return bool [height, width]: which pixels of two pictures of one shape are not the same."""
    differ: NDArray[np.bool_] = (one != other).reshape(*one.shape[:2], -1).any(axis=2)
    return differ
