"""Days as numbers, so that the days of all photos are an array; the first of 1970 is 0."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
# Of a photo that does not say when it was taken: nobody is too young for it.
UNKNOWN_DAY: Final = 2**31 - 1
# Of a person whose birth date nobody said: no photo is too old for them.
EVER: Final = -(2**31)
_FIRST: Final = date(1970, 1, 1).toordinal()


def day_number(day: date | None) -> int:
    """Return the number of the day on which a photo was taken."""
    return UNKNOWN_DAY if day is None else day.toordinal() - _FIRST


def birth_number(day: date | None) -> int:
    """Return the number of the day on which a person was born."""
    return EVER if day is None else day.toordinal() - _FIRST
