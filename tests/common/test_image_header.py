import io

import pytest
from PIL import Image

from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import FORMATS, read_header
from services.common.limits import ImageLimits

LIMITS = ImageLimits(max_bytes=1_000_000, max_pixels=10_000)


def encoded(form: str, size: tuple[int, int] = (40, 30), orientation: int | None = None) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.new("RGB", size, (200, 100, 50)).save(buffer, form, **({"exif": exif} if orientation is not None else {}))
    return buffer.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_format_and_extent(form: str) -> None:
    header = read_header(encoded(form), LIMITS)
    assert (header.format, header.width, header.height, header.orientation) == (form, 40, 30, 1)
    assert header.content_type.startswith("image/")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_upright_extent_follows_the_orientation(orientation: int) -> None:
    header = read_header(encoded("JPEG", orientation=orientation), LIMITS)
    assert header.orientation == orientation
    assert (header.width, header.height) == ((40, 30) if orientation <= 4 else (30, 40))


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_an_impossible_orientation_is_none(orientation: int) -> None:
    assert read_header(encoded("JPEG", orientation=orientation), LIMITS).orientation == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.IMAGE_EMPTY),
        (b"<html>not an image</html>", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (b"\xff\xd8\xff", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (b"%PDF-1.7" + bytes(100), Reason.IMAGE_FORMAT_UNSUPPORTED),
        (encoded("PNG", (101, 100)), Reason.IMAGE_TOO_MANY_PIXELS),
        (encoded("PNG") + bytes(1_000_000), Reason.IMAGE_TOO_LARGE),
    ],
)
def test_what_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(data, LIMITS)
    assert (caught.value.reason, caught.value.field) == (reason, "image")


def test_a_limit_is_told_with_the_value() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(encoded("PNG", (200, 100)), LIMITS)
    assert caught.value.metadata == {"limit": "10000", "value": "20000"}
    assert "200 x 100" in caught.value.message
