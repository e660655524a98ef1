"""Values of a filter, read as what their field holds."""

import math
import re
from datetime import datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.syntax import Literal
from services.common.excerpt import excerpt

_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6})[0-9]*)?)?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
# Python takes digits of every script, and underscores among them.
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,300}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SPANS: Final = {
    "fraction": relativedelta(microseconds=1),
    "second": relativedelta(seconds=1),
    "minute": relativedelta(minutes=1),
    "day": relativedelta(days=1),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
}
_BOOLEANS: Final = {"true": True, "false": False}


def number(value: Literal) -> float:
    """Return a number.

    Raises:
        ExpressionError: it is none.

    """
    found = float(value.text) if _NUMBER.fullmatch(value.text) else math.inf
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
    smallest = next(name for name in _SPANS if name in given)
    try:
        end = start + _SPANS[smallest]
    except (ValueError, OverflowError):
        # Of the last year that there is.
        end = datetime.max  # noqa: DTZ901 - as the others
    if "zone" in given and given["zone"] not in "Zz":
        offset = datetime.fromisoformat(f"2000-01-01T00:00{given['zone']}").utcoffset() or timedelta()
        start, end = start - offset, end - offset
    return start, end
