"""Days in messages."""

from datetime import date

from google.type import date_pb2

from services.common.errors import InvalidArgumentError, Reason


def parse_day(message: date_pb2.Date, *, field: str) -> date:
    """Return the day of a message.

    Raises:
        InvalidArgumentError: DATE_INVALID, there is no such day, or it is no whole date.

    """
    try:
        return date(message.year, message.month, message.day)
    except (ValueError, OverflowError):
        text = f"{message.year}-{message.month}-{message.day}"
        raise InvalidArgumentError(
            Reason.DATE_INVALID,
            f"There is no day {text}. Send a whole date.",
            field=field,
            metadata={"value": text},
        ) from None


def day_message(day: date | None) -> date_pb2.Date | None:
    """Return the message of a day."""
    return None if day is None else date_pb2.Date(year=day.year, month=day.month, day=day.day)
