"""HEIF files whose items are called what is no text end no process; their reader, pi-heif, did."""

import pytest

from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import read_header
from services.common.limits import ImageLimits
from tests.detector.photos import heif


def entry(kind: bytes, strings: bytes = b"") -> bytes:
    """An item's entry, of version 2."""
    body = b"infe\x02\x00\x00\x00\x00\x07\x00\x00" + kind + strings
    return (4 + len(body)).to_bytes(4) + body


def described_by(*entries: bytes) -> bytes:
    """A file of nothing but the description of its items."""
    inside = b"meta" + bytes(4) + b"".join(entries)
    brand = b"ftypheic" + bytes(4) + b"mif1heic"
    return (4 + len(brand)).to_bytes(4) + brand + (4 + len(inside)).to_bytes(4) + inside


def told(data: bytes) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(data, ImageLimits(), field="image")
    assert (caught.value.reason, caught.value.field) == (Reason.IMAGE_UNREADABLE, "image")
    return caught.value.message


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("letter", [0x80, 0xA9, 0xFF])
def test_a_photo_whose_items_have_no_type_is_refused(place: int, letter: int) -> None:
    damaged = bytearray(heif("orientation_6"))
    damaged[damaged.index(b"Exif") + place] = letter
    assert "the type of an item is no text" in told(bytes(damaged))


@pytest.mark.parametrize(
    "entries",
    [
        [entry(b"mime", b"name\0\xfftext/plain\0")],
        [entry(b"mime", b"\0" + b"a" * 5000)],
        [entry(b"Exif"), entry(b"hv\xc3\x28")],
        [entry(b"mime", b"\0text/plain\0\0")] * 10_001,
    ],
    ids=["media type", "media type without an end", "second item", "more items than a photo has"],
)
def test_items_are_refused(entries: list[bytes]) -> None:
    assert "the type of an item is no text" in told(described_by(*entries))


def test_items_behind_a_box_of_eight_byte_size_are_found() -> None:
    whole = described_by(entry(b"\xffxif"))
    long = (1).to_bytes(4) + b"free" + (24).to_bytes(8) + bytes(8)
    brand = int.from_bytes(whole[:4])
    assert "the type of an item is no text" in told(whole[:brand] + long + whole[brand:])


@pytest.mark.parametrize("name", ["orientation_1", "orientation_6"])
def test_a_sound_photo_is_read(name: str) -> None:
    assert read_header(heif(name), ImageLimits()).format == "HEIF"


@pytest.mark.parametrize("entries", [[entry(b"mime", b"\xff\xfe\0application/rdf+xml\0\0")], [entry(b"Exif")] * 1000])
def test_names_of_items_may_be_anything(entries: list[bytes]) -> None:
    assert "the type of an item is no text" not in told(described_by(*entries))
