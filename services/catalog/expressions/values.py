"""Values of a filter, read as what their field holds."""

import math
import re
from datetime import datetime, timedelta
from typing import Final

from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.syntax import Literal
from services.common.excerpt import excerpt

_TIME: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6})\d*)?)?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?)?)?)?"
)
_BOOLEANS: Final = {"true": True, "false": False}


def number(value: Literal) -> float:
    """Return a number.

    Raises:
        ExpressionError: it is none.

    """
    try:
        found = float(value.text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        message = f"{excerpt(value.text)} is no number"
        raise ExpressionError(message, value.position)
    return found


def boolean(value: Literal) -> bool:
    """Return true or false.

    Raises:
        ExpressionError: it is neither.

    """
    found = _BOOLEANS.get(value.text.lower())
    if found is None:
        message = f"{excerpt(value.text)} is neither true nor false"
        raise ExpressionError(message, value.position)
    return found


def moment(value: Literal, *, zoned: bool) -> tuple[datetime, datetime]:
    """Return the first moment of a year, month, day, minute or second, and the first after it; naive.

    Args:
        value: RFC 3339, or the beginning of it.
        zoned: whether the field is in UTC, and a value may have an offset; else it is of the camera's clock.

    Raises:
        ExpressionError: it is no time, or has an offset where none can be.

    """
    found = _TIME.fullmatch(value.text)
    if found is None:
        message = f"{excerpt(value.text)} is no time; write 2024, 2024-05, 2024-05-01 or 2024-05-01T10:30:00"
        raise ExpressionError(message, value.position)
    if found["zone"] and not zoned:
        message = "The capture time is of the camera's clock; write it without an offset"
        raise ExpressionError(message, value.position)
    try:
        return _span({name: text for name, text in found.groupdict().items() if text is not None})
    except (ValueError, OverflowError):
        message = f"There is no such time as {excerpt(value.text)}"
        raise ExpressionError(message, value.position) from None


def pattern(value: Literal) -> tuple[str, ...]:
    """Return the parts of a text between its wildcards, each ``*``."""
    return tuple(value.text.split("*"))


def _span(given: dict[str, str]) -> tuple[datetime, datetime]:
    year, month, day = (int(given.get(name, 1)) for name in ("year", "month", "day"))
    hour, minute, second = (int(given.get(name, 0)) for name in ("hour", "minute", "second"))
    start = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the tables hold naive times
    if "fraction" in given:
        start += timedelta(microseconds=int(given["fraction"].ljust(6, "0")))
        end = start + timedelta(microseconds=1)
    elif "second" in given:
        end = start + timedelta(seconds=1)
    elif "minute" in given:
        end = start + timedelta(minutes=1)
    elif "day" in given:
        end = start + timedelta(days=1)
    elif "month" in given:
        end = (start + timedelta(days=31)).replace(day=1)
    else:
        end = start.replace(year=start.year + 1)
    if "zone" in given and given["zone"] not in "Zz":
        offset = datetime.fromisoformat(f"2000-01-01T00:00{given['zone']}").utcoffset() or timedelta()
        start, end = start - offset, end - offset
    return start, end
