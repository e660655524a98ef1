"""The timeline of the report."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from google.type.date_pb2 import Date

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import Image
from clients.cli.connection import Catalog
from clients.cli.dates import date_text
from clients.cli.paging import pages

# More months than that are shown by the year.
MAX_MONTHS: Final = 60
_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A month or a year in which photos of the library were taken.

    Attributes:
        key: identifier within the page.
        label: as dates are written, for example ``2024-05``.
        image_count: photos of the library.
        shown_count: those of them on the page.
        share: of the photos of the entry that has most, 0 to 1.

    """

    key: str
    label: str
    image_count: int
    shown_count: int
    share: float


def gather_timeline(
    catalog: Catalog, images: Sequence[Image]
) -> tuple[list[TimelineEntry], Mapping[str, Sequence[str]]]:
    """Return the months or years, the oldest first, and the key of that of each image of the page, by its name."""
    found = _buckets(catalog, pb.TIMELINE_GRANULARITY_MONTH)
    if len(found) > MAX_MONTHS:
        found = _buckets(catalog, pb.TIMELINE_GRANULARITY_YEAR)
    most = max((bucket.image_count for bucket in found), default=1)
    keys = {date_text(bucket.date): f"t{number}" for number, bucket in enumerate(found)}
    by_image, shown = dict[str, list[str]](), defaultdict[str, int](int)
    for image in images:
        taken = image.capture_time
        for label in (f"{taken.year:04}", f"{taken.year:04}-{taken.month:02}"):
            if image.HasField("capture_time") and label in keys:
                by_image[image.name] = [keys[label]]
                shown[label] += 1
    entries = [
        TimelineEntry(keys[label], label, bucket.image_count, shown[label], bucket.image_count / most)
        for bucket in found
        for label in [date_text(bucket.date)]
    ]
    return entries, by_image


def _buckets(catalog: Catalog, granularity: pb.TimelineGranularity) -> list[pb.TimelineBucket]:
    request = pb.ListTimelineBucketsRequest(
        parent=catalog.parent, granularity=granularity, oldest_first=True, page_size=_PAGE
    )
    found = [one for page in pages(catalog.summaries.ListTimelineBuckets, request) for one in page.timeline_buckets]
    # Those of photos whose time nobody knows.
    return [bucket for bucket in found if bucket.date != Date()]
