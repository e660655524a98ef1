"""Images by the year, the month or the day that they were taken in."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.groups import Groups, Numbers, firsts, groups_of, merged
from services.catalog.columns.image_columns import NO_TIME, ImageView
from services.catalog.columns.mask import Mask

_DAY: Final = 86_400_000_000
# Behind all that have a time.
_UNDATED: Final = 2**62


class Granularity(Enum):
    """How long the buckets of a timeline are, in numpy's units."""

    YEAR = "Y"
    MONTH = "M"
    DAY = "D"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Images that were taken in one span of time.

    Attributes:
        key: grows along the timeline.
        start: first day of the span; None for images without a capture time.
        images: how many.
        cover_id: the first one.

    """

    key: int
    start: date | None
    images: int
    cover_id: int


def taken_in(times: Numbers, granularity: Granularity) -> Groups:
    """Return groups of times, none of them missing; values count years, months or days since 1970."""
    days = groups_of(times // _DAY)
    if granularity is Granularity.DAY:
        return days
    # There are far fewer days than images, and a calendar is slow.
    spans = days.values.astype("datetime64[D]").astype(f"datetime64[{granularity.value}]")
    return merged(days, spans.astype(np.int64))


def first_day(span: int, granularity: Granularity) -> date:
    """Return the first day of a year, month or day that is counted from 1970."""
    start: date = np.datetime64(span, granularity.value).astype("datetime64[D]").item()
    return start


def buckets_of(
    view: ImageView, mask: Mask, granularity: Granularity, after: int | None, wanted: int, *, oldest_first: bool
) -> list[Bucket]:
    """Return the first buckets of a timeline that come behind a key.

    Args:
        view: the images.
        mask: which of them are meant.
        granularity: how long a bucket is.
        after: the key; None for the beginning.
        wanted: the most that are returned.
        oldest_first: whether the oldest bucket, and its oldest image, comes first, instead of the newest.

    """
    positions = np.flatnonzero(mask)
    times = view.columns["capture_time"][positions]
    known = times != NO_TIME
    dated, undated = positions[known], positions[~known]
    groups = taken_in(times[known], granularity)
    keys = groups.values if oldest_first else -groups.values
    order = np.argsort(keys)
    if after is not None:
        order = order[keys[order] > after]
    ranks = times[known] if oldest_first else -times[known]
    covers = view.ids[dated[firsts(groups, ranks, last=not oldest_first)]] if len(groups) else _NONE
    buckets = [
        Bucket(
            int(keys[one]), first_day(int(groups.values[one]), granularity), int(groups.sizes[one]), int(covers[one])
        )
        for one in order[:wanted]
    ]
    if len(undated) and len(buckets) < wanted and (after is None or after < _UNDATED):
        cover = undated[0] if oldest_first else undated[-1]
        buckets.append(Bucket(_UNDATED, None, len(undated), int(view.ids[cover])))
    return buckets


_NONE: Final[npt.NDArray[np.int64]] = np.empty(0, np.int64)
