import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import FORMATS, read_header
from services.common.image_pixels import decode_pixels
from services.common.limits import ImageLimits

LIMITS = ImageLimits(max_bytes=1_000_000, max_pixels=10_000)


def encoded(form: str, size: tuple[int, int] = (40, 30), orientation: int | None = None) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.new("RGB", size, (200, 100, 50)).save(buffer, form, **({"exif": exif} if orientation is not None else {}))
    return buffer.getvalue()


HEIF = (Path(__file__).parents[1] / "detector" / "heif" / "orientation_6.heic").read_bytes()


def with_extent(data: bytes, width: int, height: int) -> bytes:
    """The file, with another extent in every place where its container tells one."""
    box = data.index(b"ispe")
    extent = data[box + 8 : box + 16]
    return data.replace(b"ispe" + bytes(4) + extent, b"ispe" + bytes(4) + struct.pack(">II", width, height))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "HEIF"])
def test_format_and_extent(form: str) -> None:
    header = read_header(encoded(form), LIMITS)
    assert (header.format, header.width, header.height, header.orientation) == (form, 40, 30, 1)
    assert header.mime_type.startswith("image/")


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
        (b"\xff\xd8\xff", Reason.IMAGE_UNREADABLE),
        (HEIF[:200], Reason.IMAGE_UNREADABLE),
        (encoded("AVIF")[:200], Reason.IMAGE_UNREADABLE),
        (encoded("PNG")[:20], Reason.IMAGE_UNREADABLE),
        (with_extent(encoded("AVIF"), 101, 100), Reason.IMAGE_TOO_MANY_PIXELS),
        (with_extent(HEIF, 101, 100), Reason.IMAGE_TOO_MANY_PIXELS),
        (b"%PDF-1.7" + bytes(100), Reason.IMAGE_FORMAT_UNSUPPORTED),
        (encoded("PNG", (101, 100)), Reason.IMAGE_TOO_MANY_PIXELS),
        (encoded("PNG") + bytes(1_000_000), Reason.IMAGE_TOO_LARGE),
    ],
)
def test_what_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(data, LIMITS)
    assert (caught.value.reason, caught.value.field) == (reason, "content")


def test_a_limit_is_told_with_the_value() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(encoded("PNG", (200, 100)), LIMITS)
    assert caught.value.metadata == {"limit": "10000", "value": "20000"}
    assert "200 x 100" in caught.value.message


def test_one_pixel_too_many_is_told_apart_from_the_limit() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(encoded("PNG", (10_001, 1)), ImageLimits(max_pixels=10_000))
    assert "10001 x 1 pixels, 10,001 in all, more than the limit of 10,000." in caught.value.message
    assert (caught.value.reason, caught.value.field) == (Reason.IMAGE_TOO_MANY_PIXELS, "content")
    assert caught.value.metadata == {"limit": "10000", "value": "10001"}


def test_a_heif_is_told_upright() -> None:
    header = read_header(HEIF, ImageLimits())
    assert (header.format, header.mime_type) == ("HEIF", "image/heic")
    assert (header.width, header.height, header.orientation) == (228, 284, 1)


def test_a_file_whose_container_lies_about_its_extent_is_refused() -> None:
    lying = with_extent(HEIF, 16, 16)
    read_header(lying, LIMITS)
    with pytest.raises(InvalidArgumentError) as caught:
        decode_pixels(lying)
    assert caught.value.reason is Reason.IMAGE_UNREADABLE


@pytest.mark.parametrize("sound", [True, False])
def test_exif_behind_the_pixels_of_a_png_counts(sound: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    late = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    data = encoded("PNG")
    end = len(data) - 12
    header = read_header(data[:end] + (late if sound else late[:-1] + b"?") + data[end:], LIMITS)
    assert header.orientation == (6 if sound else 1)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(64), r"JPEG XL .*\.jxl"),
        (b"\xff\x0a" + bytes(64), r"JPEG XL .*\.jxl"),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 " + bytes(64), r"JPEG.?2000 .*\.jp2"),
        (b"8BPS\0\1" + bytes(64), "Photoshop"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(64), "Fuji RAF raw"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(64), "Canon Camera RAW 2"),
        (b"qoif" + bytes(64), "Quite OK image"),
        (b"<?xml version='1.0'?>\n" + b"<!-- -->\n" * 999 + b"<svg></svg>", "Scalable Vector Graphics"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "Scalable Vector Graphics"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64), "MPEG-4 video"),
    ],
)
def test_a_file_of_another_format_is_told_what_it_is(data: bytes, name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"look like {name}.* not supported.*JPEG, .*HEIF") as caught:
        read_header(data, LIMITS)
    assert (caught.value.reason, caught.value.field) == (Reason.IMAGE_FORMAT_UNSUPPORTED, "content")


def test_a_damaged_file_of_a_supported_format_is_not_called_unsupported() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(b"RIFF0000WEBP" + b"0" * 64, LIMITS)
    assert "look like" not in caught.value.message


@pytest.mark.parametrize("tags", [{254: 1}, {50706: b"\1\4\0\0"}])
def test_the_preview_within_a_raw_file_is_not_taken_for_the_photo(tags: dict[int, object]) -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        info[tag] = value
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "TIFF", tiffinfo=info)

    with pytest.raises(InvalidArgumentError, match="look like") as caught:
        read_header(buffer.getvalue(), LIMITS)
    assert caught.value.reason is Reason.IMAGE_FORMAT_UNSUPPORTED


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_a_heif_is_known_by_any_of_its_brands(brand: bytes) -> None:
    """Canon, Sony and Fujifilm name theirs .HIF; the name is never looked at."""
    assert HEIF[4:8] == b"ftyp"
    assert read_header(HEIF[:8] + brand + HEIF[12:], ImageLimits()).format == "HEIF"


def test_a_wrong_extension_does_not_matter_but_a_wrong_beginning_is_told() -> None:
    with pytest.raises(InvalidArgumentError, match="begins like AVIF"):
        read_header(encoded("AVIF")[:100], LIMITS)
    with pytest.raises(InvalidArgumentError, match=r"supported format \(JPEG, .*HEIF\)"):
        read_header(b"not at all" * 10, LIMITS)
