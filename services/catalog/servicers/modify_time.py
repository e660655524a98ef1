"""When a file was modified last, as a client sends it."""

from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from services.common.errors import InvalidArgumentError, Reason

# The first and the last second that a Timestamp, and Python, can tell.
_FIRST_SECOND: Final = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
_LAST_SECOND: Final = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_LAST_NANO: Final = 999_999_999


def modify_time(time: Timestamp, *, field: str) -> datetime:
    """Return the time, to the microsecond that DuckDB keeps.

    Raises:
        InvalidArgumentError: MODIFY_TIME_INVALID.

    """
    if not _FIRST_SECOND <= time.seconds <= _LAST_SECOND:
        why = f"years are 1 to 9999, which are seconds {_FIRST_SECOND:,} to {_LAST_SECOND:,}, not {time.seconds:,}"
        raise _invalid(why, time.seconds, _FIRST_SECOND, _LAST_SECOND, field)
    if not 0 <= time.nanos <= _LAST_NANO:
        raise _invalid(f"nanos are 0 to {_LAST_NANO:,}, not {time.nanos:,}", time.nanos, 0, _LAST_NANO, field)
    return time.ToDatetime(UTC)


def _invalid(why: str, value: int, minimum: int, limit: int, field: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.MODIFY_TIME_INVALID,
        f"A file can't have been modified at that time: {why}.",
        field=field,
        metadata={"minimum": str(minimum), "limit": str(limit), "value": str(value)},
    )
