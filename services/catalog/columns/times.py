"""Times as columns hold them."""

from datetime import datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - as the tables hold times
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(time: datetime) -> int:
    """Return a naive time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND
