"""When a photo was taken, from the spellings that cameras and programs use."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dateutil import parser

# A date that begins with a year of four digits, then a time of day, perhaps a zone. dateutil reads far more than
# this, by guessing; what passes here leaves it nothing to guess.
_SPELLING: Final = re.compile(
    r"(?P<year>\d{4})[:\-/.](?P<month>\d{1,2})[:\-/.](?P<day>\d{1,2})"
    r"[T ]+(?P<clock>\d{1,2}:\d{1,2}(:\d{1,2}([.,]\d+)?)?( ?[AP]M)?) ?(?P<zone>Z|[+-]\d[\d:]*)?",
    re.IGNORECASE | re.ASCII,
)
_ZONE: Final = re.compile(r"Z|[+-]\d{1,2}(:?[0-5]\d)?", re.ASCII)
_FRACTION: Final = re.compile(r"\d+", re.ASCII)
_MAX_CHARS: Final = 64
_MAX_OFFSET: Final = timedelta(hours=14)
# Before photography there is nothing to capture.
_FIRST_YEAR: Final = 1800


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """A moment by the camera's clock.

    Attributes:
        local: naive local time, microseconds included.
        utc_offset_minutes: local time minus UTC, in minutes, -840 to 840; None if unknown.

    """

    local: datetime
    utc_offset_minutes: int | None = None


def parse_capture_time(text: str, *, offset: str = "", fraction: str = "") -> CaptureTime | None:
    """Return the time that `text` tells; None if it tells none, or one that can't be.

    Args:
        text: date and time of day, for example ``2024:02:29 12:34:56`` or ``2024-02-29T12:34:56.5Z``.
        offset: from UTC, for example ``+02:00``, where `text` tells none; ignored if it isn't one.
        fraction: digits of the fraction of a second, where `text` tells none; ignored if they aren't digits.

    """
    found = _SPELLING.fullmatch(text.strip()) if len(text) <= _MAX_CHARS else None
    if found is None:
        return None
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    try:
        local = parser.parse(f"{year:04}-{month:02}-{day:02} {found['clock']}", yearfirst=True)
    except (ValueError, OverflowError):
        return None
    # Given an impossible month, dateutil takes it for the day.
    if year < _FIRST_YEAR or (local.year, local.month, local.day) != (year, month, day):
        return None
    if local.microsecond == 0 and _FRACTION.fullmatch(fraction):
        local += timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    return CaptureTime(local, _offset_minutes(found["zone"] or offset))


def _offset_minutes(zone: str) -> int | None:
    zone = zone.strip().upper()
    if _ZONE.fullmatch(zone) is None:
        return None
    try:
        offset = parser.parse(f"2000-01-01 00:00 {zone}").utcoffset()
    except (ValueError, OverflowError):
        return None
    return int(offset.total_seconds()) // 60 if offset is not None and abs(offset) <= _MAX_OFFSET else None
