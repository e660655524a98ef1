"""When somebody was born, as users say it."""

from datetime import UTC, date, datetime, timedelta

from services.common.errors import InvalidArgumentError, Reason


def checked_birth_date(birth_date: date, *, field: str) -> date:
    """Return a birth date that may be somebody's.

    Raises:
        InvalidArgumentError: DATE_INVALID, the day has not come yet anywhere on earth.

    """
    # Clocks are ahead of UTC by 14 hours at most.
    today = (datetime.now(UTC) + timedelta(hours=14)).date()
    if birth_date > today:
        raise InvalidArgumentError(
            Reason.DATE_INVALID,
            f"Nobody was born on {birth_date}, which has not come yet. Send the date of birth.",
            field=field,
            metadata={"limit": str(today), "value": str(birth_date)},
        )
    return birth_date
