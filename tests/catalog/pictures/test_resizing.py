import numpy as np
import pytest
from PIL import Image

from services.catalog.pictures.form import PictureForm
from services.catalog.pictures.resizing import resized

SIZES = [
    ((1500, 1000), (300, 200)), ((2003, 3001), (100, 150)), ((600, 800), (600, 800)), ((300, 5000), (60, 1000)),
    ((1300, 1300), (1000, 1000)), ((1, 1), (1, 1)), ((3000, 2001), (1499, 1000)),
]  # fmt: skip


@pytest.mark.parametrize(("size", "wanted"), SIZES)
def test_a_picture_made_in_strips_is_the_one_made_at_once(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    expected = Image.fromarray(pixels).resize(wanted, Image.Resampling.LANCZOS, reducing_gap=2.0)
    # Where a strip begins is rounded.
    assert difference(resized(pixels, *wanted), expected) <= 1
    turned = np.ascontiguousarray(pixels.transpose(1, 0, 2)).transpose(1, 0, 2)
    assert difference(resized(turned, *wanted), expected) <= 1


def difference(one: Image.Image, other: Image.Image) -> int:
    assert one.size == other.size
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


def test_extents_keep_the_ratio_and_enlarge_nothing() -> None:
    assert PictureForm(256).extent(4000, 3000) == (256, 192)
    assert PictureForm(256).extent(3000, 4000) == (192, 256)
    assert PictureForm(256).extent(100, 50) == (100, 50)
    assert PictureForm(64).extent(10_000, 10) == (64, 1)
    assert PictureForm(256, square=True).extent(4000, 3000) == (256, 256)
    assert PictureForm(256, square=True).extent(4000, 100) == (100, 100)
    assert PictureForm(256, square=True).shown(400, 100) == (150, 0, 100, 100)
