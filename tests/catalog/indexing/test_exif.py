"""EXIF of all kinds, and no exception whatever the bytes."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from services.catalog.indexing.exif import read_exif
from services.catalog.vocabulary import Exif

_Rational = TiffImagePlugin.IFDRational


_Tags = Mapping[Any, object]


def block(base: _Tags, exif: _Tags, gps: _Tags) -> Image.Exif:
    tags = Image.Exif()
    for tag, value in base.items():
        tags[tag] = value
    tags.get_ifd(ExifTags.IFD.Exif).update(exif)
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return tags


def saved(form: str, **options: Any) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(encoded, form, **options)
    return encoded.getvalue()


def jpeg(base: _Tags | None = None, exif: _Tags | None = None, gps: _Tags | None = None) -> bytes:
    return saved("JPEG", exif=block(base or {}, exif or {}, gps or {}))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sexagesimal(degrees: int, minutes: int, seconds: float) -> tuple[_Rational, ...]:
    return _Rational(degrees), _Rational(minutes), _Rational(round(seconds * 100), 100)


SOUTH_EAST: dict[Any, object] = {
    ExifTags.GPS.GPSLatitudeRef: "S",
    ExifTags.GPS.GPSLatitude: sexagesimal(33, 51, 24.6),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: sexagesimal(151, 12, 30),
}


def test_what_a_camera_writes() -> None:
    found = read_exif(
        jpeg(
            {ExifTags.Base.Make: "Maker\0\0rubbish", ExifTags.Base.Model: " Model 1 "},
            {ExifTags.Base.DateTimeOriginal: "2024:02:29 12:34:56", ExifTags.Base.OffsetTimeOriginal: "-03:30"},
            SOUTH_EAST,
        )
    )
    assert found.capture_time == datetime(2024, 2, 29, 12, 34, 56)  # noqa: DTZ001
    assert found.utc_offset_minutes == -210
    assert (found.camera_make, found.camera_model) == ("Maker", "Model 1")
    assert found.latitude == pytest.approx(-33.8568333)
    assert found.longitude == pytest.approx(151.2083333)


def test_no_exif_is_nothing() -> None:
    assert read_exif(jpeg()) == Exif()


def test_an_impossible_time_leaves_neither_time_nor_offset() -> None:
    exif = {
        ExifTags.Base.DateTimeOriginal: "0000:00:00 00:00:00",
        ExifTags.Base.OffsetTimeOriginal: "+01:00",
        ExifTags.Base.SubsecTimeOriginal: "12",
    }
    assert read_exif(jpeg(exif=exif)) == Exif()


ORIGINAL = {ExifTags.Base.DateTimeOriginal: "2001:01:01 01:01:01", ExifTags.Base.OffsetTimeOriginal: "+01:00"}
DIGITIZED = {
    ExifTags.Base.DateTimeDigitized: "2002:02:02 02:02:02",
    ExifTags.Base.OffsetTimeDigitized: "+02:00",
    ExifTags.Base.SubsecTimeDigitized: "25",
}
CHANGED = {ExifTags.Base.DateTime: "2003:03:03 03:03:03"}
CHANGED_OFFSET = {ExifTags.Base.OffsetTime: "+03:00", ExifTags.Base.SubsecTime: "046"}


@pytest.mark.parametrize(
    ("base", "exif", "year", "microsecond", "offset"),
    [
        (CHANGED, ORIGINAL | DIGITIZED | CHANGED_OFFSET, 2001, 0, 60),
        (CHANGED, DIGITIZED | CHANGED_OFFSET, 2002, 250_000, 120),
        (CHANGED, CHANGED_OFFSET, 2003, 46_000, 180),
        (CHANGED, {ExifTags.Base.OffsetTimeOriginal: "+01:00"}, 2003, 0, None),
        (CHANGED, {ExifTags.Base.DateTimeOriginal: "    :  :     :  :  "} | DIGITIZED, 2002, 250_000, 120),
        (CHANGED, {ExifTags.Base.DateTimeOriginal: "0000:00:00 00:00:00"}, 2003, 0, None),
        (ORIGINAL, {}, 2001, 0, 60),
    ],
)
def test_a_photo_without_an_original_time_keeps_the_next_best(
    base: _Tags, exif: _Tags, year: int, microsecond: int, offset: int | None
) -> None:
    found = read_exif(jpeg(base, exif))

    same = year - 2000  # Month, day, hour, minute and second are alike.
    assert found.capture_time == datetime(year, same, same, same, same, same, microsecond)  # noqa: DTZ001
    assert found.utc_offset_minutes == offset


def test_the_creation_time_of_a_png_is_its_capture_time() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Creation Time", "2007:02:13 06:34:38")
    assert read_exif(saved("PNG", pnginfo=text)).capture_time == datetime(2007, 2, 13, 6, 34, 38)  # noqa: DTZ001


def _tiff() -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ExifTags.Base.Make] = "Maker"
    tags[ExifTags.IFD.Exif] = ORIGINAL
    tags[ExifTags.IFD.GPSInfo] = SOUTH_EAST
    return saved("TIFF", tiffinfo=tags)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_format_tells_what_the_camera_wrote(form: str) -> None:
    tags = block({ExifTags.Base.Make: "Maker"}, ORIGINAL, SOUTH_EAST)

    found = read_exif(_tiff() if form == "TIFF" else saved(form, exif=tags))

    assert (found.camera_make, found.utc_offset_minutes) == ("Maker", 60)
    assert found.capture_time == datetime(2001, 1, 1, 1, 1, 1)  # noqa: DTZ001
    assert found.latitude == pytest.approx(-33.8568333)


def test_a_multi_picture_file_tells_what_the_camera_wrote() -> None:
    tags = block({ExifTags.Base.Make: "Maker"}, ORIGINAL, {})
    found = read_exif(saved("MPO", exif=tags, save_all=True, append_images=[Image.new("RGB", (8, 8))]))
    assert (found.camera_make, found.utc_offset_minutes) == ("Maker", 60)


@pytest.mark.parametrize(
    "broken",
    [
        {ExifTags.GPS.GPSLatitude: sexagesimal(91, 0, 0)},
        {ExifTags.GPS.GPSLongitude: (_Rational(1, 0), _Rational(0), _Rational(0))},
        {ExifTags.GPS.GPSLatitudeRef: "X"},
        {ExifTags.GPS.GPSLatitudeRef: "E"},
        {ExifTags.GPS.GPSLatitudeRef: "\0"},
        {ExifTags.GPS.GPSLatitude: (_Rational(0, 0), _Rational(0, 0), _Rational(0, 0))},
        {ExifTags.GPS.GPSLatitude: (_Rational(10), _Rational(61), _Rational(0))},
        {ExifTags.GPS.GPSLatitude: (_Rational(89), _Rational(59), _Rational(61))},
        {ExifTags.GPS.GPSLatitude: (_Rational(10), _Rational(1))},
    ],
)
def test_impossible_places_are_unknown(broken: dict[Any, object]) -> None:
    assert read_exif(jpeg(gps=SOUTH_EAST | broken)) == Exif()


def test_a_camera_without_a_fix_is_at_no_place() -> None:
    """Phones write zeros into their GPS block; no photo is from 0 N 0 E."""
    nowhere = {ExifTags.GPS.GPSLatitude: sexagesimal(0, 0, 0), ExifTags.GPS.GPSLongitude: sexagesimal(0, 0, 0)}
    assert read_exif(jpeg(gps=SOUTH_EAST | nowhere)) == Exif()


def test_the_equator_and_the_prime_meridian_are_places() -> None:
    equator = read_exif(jpeg(gps=SOUTH_EAST | {ExifTags.GPS.GPSLatitude: sexagesimal(0, 0, 0)}))
    assert equator.latitude == 0
    assert equator.longitude == pytest.approx(151.2083333)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fernglas Müller".encode(), "Fernglas Müller"),
        ("Fernglas Müller".encode("latin-1"), "Fernglas Müller"),
        ("Kamera™ 2".encode("cp1252"), "Kamera™ 2"),
        ("キヤノン".encode(), "キヤノン"),
        ("Canon".encode("utf-16"), "Canon"),
        ("Canon".encode("utf-16-le"), "Canon"),
        ("Canon".encode("utf-16-be"), "Canon"),
        ("Cano\u0303n".encode(), "Canõn"),
        (b"Canon\0\xff\xfe\x80junk", "Canon"),
        (b"Canon\n\x1b[31mEOS ", "Canon[31mEOS"),
        (b"   \0Canon", None),
        (b"\0\0\0\0\0\0\0\0", None),
        (("é" * 500).encode(), "é" * 100),
        (("x" + "é" * 500).encode(), "x" + "é" * 99),
    ],
)
def test_a_name_comes_out_as_it_was_meant(written: bytes, read: str | None) -> None:
    assert read_exif(jpeg({ExifTags.Base.Make: written})).camera_make == read


MEMORY_PROBE = """
import io, resource, sys
from PIL import Image
from services.catalog.indexing.exif import read_exif
from services.common.image_header import read_header
from services.common.limits import ImageLimits

data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
header = read_header(data, ImageLimits())
read_exif(data)
print(header.width, header.height, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_huge_png_is_not_decoded_to_look_for_exif(tmp_path: Path) -> None:
    """100 megapixels take 400 MB as soon as one of them is decoded."""
    path = tmp_path / "flat.png"
    rows = zlib.compressobj(1)
    packed = [rows.compress(bytes(1 + 4 * 9_990)) for _ in range(10_000)]
    header = struct.pack(">IIBBBBB", 9_990, 10_000, 8, 6, 0, 0, 0)
    packed.append(rows.flush())
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", b"".join(packed)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))

    done = subprocess.run([sys.executable, "-c", MEMORY_PROBE, path], capture_output=True, text=True, check=True)

    width, height, grown = (int(word) for word in done.stdout.split())
    assert (width, height) == (9_990, 10_000)
    assert grown * (1 if sys.platform == "darwin" else 1024) < 60_000_000


def test_names_are_bounded() -> None:
    assert len(read_exif(jpeg({ExifTags.Base.Make: "x" * 5000})).camera_make or "") == 100


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_raises_nothing(data: st.DataObject) -> None:
    times = {ExifTags.Base.DateTimeOriginal: "2024:01:01 00:00:00"}
    whole = bytearray(jpeg({ExifTags.Base.Make: "Maker"}, times, SOUTH_EAST))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, 400))] = data.draw(st.integers(0, 255))
    read_exif(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
