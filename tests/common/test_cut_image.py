"""Files that end too early are read if their pixels are there, and refused if not."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import read_header
from services.common.image_pixels import decode_pixels
from services.common.limits import ImageLimits
from services.detector.photo import Photo

WIDTH, HEIGHT = 360, 300


def _picture() -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 12, (HEIGHT, WIDTH, 3))
    slope = np.add.outer(np.linspace(40, 120, HEIGHT), np.linspace(0, 90, WIDTH))[..., None]
    return Image.fromarray(np.clip(slope + noise, 0, 255).astype(np.uint8))


def _encoded(form: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    _picture().convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker " * 30
    return exif


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(rows: int, height: int = 1_000) -> bytes:
    """A PNG that closes properly, with only the first `rows` of its rows."""
    packed = zlib.compress(b"".join(b"\0" + bytes([1 + row % 200]) * 3 * WIDTH for row in range(rows)))
    header = struct.pack(">IIBBBBB", WIDTH, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _by_both_ways(data: bytes) -> NDArray[np.uint8]:
    """The pixels as everybody and as the detector decode them, which must agree on whether they are there."""
    photo, failure, pixels = Photo(data, ImageLimits()), None, None
    try:
        pixels = decode_pixels(data)
    except InvalidArgumentError as error:
        failure = error
    if failure is not None or pixels is None:
        with pytest.raises(InvalidArgumentError):
            photo.pixels(1)
        raise failure or AssertionError
    assert photo.pixels(1).shape == pixels.shape
    return pixels


WHOLE = {
    "jpeg": _encoded("JPEG", quality=90),
    "progressive jpeg": _encoded("JPEG", progressive=True),
    "jpeg with restarts": _encoded("JPEG", restart_marker_rows=1),
    "grey jpeg": _encoded("JPEG", "L"),
    "cmyk jpeg": _encoded("JPEG", "CMYK"),
    "png": _encoded("PNG"),
    "palette png": _encoded("PNG", "P"),
    "png with alpha": _encoded("PNG", "RGBA"),
    "gif": _encoded("GIF"),
    "webp": _encoded("WEBP"),
    "lossless webp": _encoded("WEBP", lossless=True),
    "webp with exif": _encoded("WEBP", exif=_exif()),
    "bmp": _encoded("BMP"),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("lost", [1, 2, 8])
def test_a_file_without_its_last_bytes_is_read(name: str, lost: int) -> None:
    whole = decode_pixels(WHOLE[name])

    cut = _by_both_ways(WHOLE[name][:-lost])

    assert cut.shape == whole.shape
    assert (cut != whole).any(axis=2).mean() <= 0.01


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_without_some_of_its_pixels_is_refused(name: str, share: float) -> None:
    data = WHOLE[name][: int(len(WHOLE[name]) * share)]

    with pytest.raises(InvalidArgumentError) as caught:
        _by_both_ways(data)

    assert (caught.value.reason, caught.value.field) == (Reason.IMAGE_UNREADABLE, "content")
    assert "truncated or damaged" in caught.value.message


def test_the_share_that_is_missing_is_told() -> None:
    with pytest.raises(InvalidArgumentError, match=r"50\.0% of its pixels are missing"):
        decode_pixels(_png(500))


def test_a_png_whose_data_ends_after_one_of_ten_thousand_rows_is_refused() -> None:
    data = _png(1, height=10_000)
    assert read_header(data, ImageLimits()).height == 10_000

    with pytest.raises(InvalidArgumentError, match=r"100\.0% of its pixels are missing") as caught:
        _by_both_ways(data)

    assert caught.value.reason is Reason.IMAGE_UNREADABLE


@pytest.mark.parametrize(("rows", "is_read"), [(989, False), (990, True), (999, True), (1_000, True)])
def test_a_hundredth_of_the_pixels_may_be_missing(rows: int, is_read: bool) -> None:
    if is_read:
        assert _by_both_ways(_png(rows)).shape == (1_000, WIDTH, 3)
    else:
        with pytest.raises(InvalidArgumentError, match=r"1\.1% of its pixels are missing"):
            _by_both_ways(_png(rows))


@pytest.mark.parametrize("name", ["jpeg", "jpeg with restarts", "grey jpeg"])
def test_a_jpeg_that_was_closed_after_half_of_its_data_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match="of its pixels are missing"):
        _by_both_ways(WHOLE[name][: len(WHOLE[name]) // 2] + b"\xff\xd9")


@pytest.mark.parametrize("name", ["jpeg", "progressive jpeg", "jpeg with restarts"])
@pytest.mark.parametrize("trailer", ["words", "picture", "pictures"])
def test_a_jpeg_with_a_trailer_instead_of_an_end_is_read(name: str, trailer: str) -> None:
    """Panoramas and moving photos of some phones have no end marker before what is hung behind them."""
    behind = {"words": b"", "picture": WHOLE["jpeg"], "pictures": WHOLE["progressive jpeg"] * 2}[trailer]
    whole = decode_pixels(WHOLE[name])

    cut = _by_both_ways(WHOLE[name][:-2] + b"\0\0\1\nImage_UTC_Data1234" + behind + b"SEFHe\0\0\0SEFT")

    assert (cut != whole).any(axis=2).mean() <= 0.01


@pytest.mark.parametrize(("form", "colour"), [("PNG", 0), ("GIF", 0), ("JPEG", 128)])
@pytest.mark.parametrize("interlace", [False, True])
def test_a_whole_picture_that_ends_in_a_decoders_filling_is_read(form: str, colour: int, interlace: bool) -> None:
    picture = _picture()
    picture.paste((colour,) * 3, (0, HEIGHT // 2, WIDTH, HEIGHT))
    buffer = io.BytesIO()
    picture.save(buffer, form, **({"interlace": interlace} if form == "GIF" else {"progressive": interlace}))

    pixels = _by_both_ways(buffer.getvalue())

    assert (pixels[-1, -1] == colour).all()


def test_what_is_behind_the_first_frame_may_be_missing() -> None:
    data = _encoded("WEBP", save_all=True, append_images=[_picture().rotate(9)] * 3)
    whole = decode_pixels(data)

    assert (_by_both_ways(data[: len(data) * 9 // 10]) == whole).all()
