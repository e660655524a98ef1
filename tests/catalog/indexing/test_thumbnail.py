"""Thumbnails in the aspect of the region they show."""

import io

import pytest
from PIL import Image

from services.catalog.indexing.thumbnail import face_thumbnail

SQUARE = bytes(range(160)) * 160 * 3


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(50, 50, (160, 160)), (50, 100, (80, 160)), (300, 200, (160, 107)), (1, 900, (1, 160))],
)
def test_the_stretch_is_undone(width: float, height: float, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(face_thumbnail(SQUARE, width, height))) as picture:
        assert picture.format == "JPEG"
        assert picture.size == size


def test_what_is_no_crop_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        face_thumbnail(b"short", 10, 10)
    with pytest.raises(ValueError, match="extent"):
        face_thumbnail(SQUARE, 0, 10)
