"""EXIF of all kinds, and no exception whatever the bytes."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, TiffImagePlugin

from services.catalog.indexing.exif import read_exif
from services.catalog.vocabulary import Exif

_Rational = TiffImagePlugin.IFDRational


_Tags = Mapping[Any, object]


def jpeg(base: _Tags | None = None, exif: _Tags | None = None, gps: _Tags | None = None) -> bytes:
    block = Image.Exif()
    for tag, value in (base or {}).items():
        block[tag] = value
    block.get_ifd(ExifTags.IFD.Exif).update(exif or {})
    block.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(encoded, "JPEG", exif=block)
    return encoded.getvalue()


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


@pytest.mark.parametrize("time", ["0000:00:00 00:00:00", "2024:02:30 00:00:00", "yesterday", "    :  :     :  :  "])
def test_impossible_times_are_unknown(time: str) -> None:
    exif = {ExifTags.Base.DateTimeOriginal: time, ExifTags.Base.OffsetTimeOriginal: "+01:00"}
    assert read_exif(jpeg(exif=exif)) == Exif()


@pytest.mark.parametrize("offset", ["+15:00", "Z", "1:00", ""])
def test_impossible_offsets_are_unknown(offset: str) -> None:
    exif = {ExifTags.Base.DateTimeOriginal: "2024:01:01 00:00:00", ExifTags.Base.OffsetTimeOriginal: offset}
    assert read_exif(jpeg(exif=exif)).utc_offset_minutes is None


@pytest.mark.parametrize(
    "broken",
    [
        {ExifTags.GPS.GPSLatitude: sexagesimal(91, 0, 0)},
        {ExifTags.GPS.GPSLongitude: (_Rational(1, 0), _Rational(0), _Rational(0))},
        {ExifTags.GPS.GPSLatitudeRef: "X"},
        {ExifTags.GPS.GPSLatitudeRef: "E"},
    ],
)
def test_impossible_places_are_unknown(broken: dict[Any, object]) -> None:
    assert read_exif(jpeg(gps=SOUTH_EAST | broken)) == Exif()


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
