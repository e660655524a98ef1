"""A PNG that has all of its data is whole, however it ends; a whole one is told from a cut one by nothing else."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.common.image_pixels import decode_pixels
from services.common.png_rows import has_all_rows

WIDTH, HEIGHT = 61, 43
MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def _png(mode: str, **options: Any) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    noise[-5:] = 0
    picture = Image.fromarray(noise)
    picture = picture.convert("L").convert(mode) if mode == "I;16" else picture.convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (WIDTH, HEIGHT)])
def test_a_whole_one_has_all_rows(mode: str, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(_png(mode))) as picture:
        buffer = io.BytesIO()
        picture.crop((0, 0, *size)).save(buffer, "PNG")
    assert has_all_rows(buffer.getvalue())


@pytest.mark.parametrize("mode", MODES)
def test_a_cut_one_has_not(mode: str) -> None:
    whole = _png(mode, compress_level=0)
    for missing in (40, 300, len(whole) - 40, len(whole) - 10):
        assert not has_all_rows(whole[:-missing])


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_rows_of_less_than_a_byte_a_pixel_are_counted(bits: int) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((WIDTH, HEIGHT), 90).quantize(2**bits).save(buffer, "PNG", bits=bits)
    assert has_all_rows(buffer.getvalue())
    assert not has_all_rows(buffer.getvalue()[:-40])


def test_a_black_end_does_not_make_it_a_cut_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was decoded three times over, and twice as many pixels were in memory."""
    monkeypatch.setattr("services.common.image_pixels.recover", None)
    assert not decode_pixels(_png("RGB"))[-1].any()
