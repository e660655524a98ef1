from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.indexing.capture_time import parse_capture_time

NOON = datetime(2024, 2, 9, 12, 34, 56)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "microsecond", "offset"),
    [
        ("2024:02:09 12:34:56", 0, None),
        ("2024-02-09 12:34:56", 0, None),
        ("2024/02/09 12:34:56", 0, None),
        ("2024.02.09 12:34:56", 0, None),
        ("2024:2:9 12:34:56", 0, None),
        ("2024-02-09T12:34:56", 0, None),
        ("2024-02-09T12:34:56Z", 0, 0),
        ("2024-02-09t12:34:56z", 0, 0),
        ("2024-02-09T12:34:56.789Z", 789_000, 0),
        ("2024:02:09 12:34:56.123456789", 123_456, None),
        ("2024:02:09 12:34:56,5", 500_000, None),
        ("2024:02:09 12:34:56+01:00", 0, 60),
        ("2024:02:09 12:34:56 +0530", 0, 330),
        ("2024:02:09 12:34:56-03:30", 0, -210),
        ("2024:02:09 12:34:56-8", 0, -480),
        ("2024:02:09 12:34:56+25:00", 0, None),
        ("2024:02:09 12:34:56 PM", 0, None),
        ("  2024:02:09  12:34:56 ", 0, None),
    ],
)
def test_every_spelling_of_a_moment(text: str, microsecond: int, offset: int | None) -> None:
    found = parse_capture_time(text)

    assert found is not None
    assert (found.local, found.utc_offset_minutes) == (NOON.replace(microsecond=microsecond), offset)


def test_a_time_of_day_to_the_minute_is_one() -> None:
    found = parse_capture_time("2024:02:09 12:34")
    assert found is not None
    assert found.local == datetime(2024, 2, 9, 12, 34)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2024:02:30 00:00:00",
        "2024:13:02 00:00:00",
        "2024:00:01 00:00:00",
        "2024:02:09 24:00:01",
        "2024:02:09 12:60:00",
        "2024:02:09 12:34:60",
        "1799:12:31 00:00:00",
        "09/02/24 12:34:56",
        "24:02:09 12:34:56",
        "2024:02:09",
        "20240209 123456",
        "12:34:56",
        "Feb 9 2024 12:34:56",
        "2024:02:09 12:34:56 EST",
        "2024:02:09 12:34:56 13:00",
        "٢٠٢٤:٠٢:٠٩ ١٢:٣٤:٥٦",
        "2024:02:09 12:34:56." + "1" * 100,
    ],
)
def test_what_leaves_something_to_guess_is_no_time(text: str) -> None:
    assert parse_capture_time(text) is None


@pytest.mark.parametrize(
    ("offset", "minutes"),
    [
        ("+01:00", 60),
        ("-03:30", -210),
        ("+0530", 330),
        ("Z", 0),
        ("+00:00", 0),
        ("+14:00", 840),
        ("+14:01", None),
        ("-15:00", None),
        ("+01:60", None),
        ("1:00", None),
        ("", None),
        ("+9999999999", None),
    ],
)
def test_an_offset_beside_the_time(offset: str, minutes: int | None) -> None:
    found = parse_capture_time("2024:02:09 12:34:56", offset=offset)
    assert found is not None
    assert found.utc_offset_minutes == minutes


def test_an_offset_in_the_time_goes_before_one_beside_it() -> None:
    found = parse_capture_time("2024:02:09 12:34:56+01:00", offset="+02:00")
    assert found is not None
    assert found.utc_offset_minutes == 60


@pytest.mark.parametrize(
    ("fraction", "microsecond"), [("5", 500_000), ("046", 46_000), ("780685999", 780_685), ("x", 0), ("", 0)]
)
def test_a_fraction_beside_the_time(fraction: str, microsecond: int) -> None:
    found = parse_capture_time("2024:02:09 12:34:56", fraction=fraction)
    assert found is not None
    assert found.local == NOON.replace(microsecond=microsecond)


@given(st.text(alphabet="0123456789:-/.T Z+PAM,", max_size=40), st.text(max_size=12), st.text(max_size=12))
def test_no_text_raises_anything(text: str, offset: str, fraction: str) -> None:
    found = parse_capture_time(text, offset=offset, fraction=fraction)
    assert found is None or (found.local.tzinfo is None and abs(found.utc_offset_minutes or 0) <= 840)


@given(st.datetimes(min_value=datetime(1800, 1, 1)), st.integers(-840, 840))  # noqa: DTZ001
def test_what_is_written_is_read(moment: datetime, offset: int) -> None:
    sign, size = "-" if offset < 0 else "+", abs(offset)
    text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}{sign}{size // 60:02}:{size % 60:02}"

    found = parse_capture_time(text)

    assert found is not None
    assert (found.local, found.utc_offset_minutes) == (moment, offset)
