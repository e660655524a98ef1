"""What images add up to: how many there are, in all and of each kind."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from services.catalog.columns.timeline import Granularity

_Kind = TypeVar("_Kind")


class Facet(Enum):
    """What images are counted by."""

    LABELS = "labels"
    PEOPLE = "people"
    MONTHS = "months"
    DAYS = "days"
    CAMERAS = "cameras"
    PLACES = "places"
    MEDIA_TYPES = "media_types"


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """What is to be counted.

    Attributes:
        facets: by what.
        limit: the most entries of a facet.
        first_day: the first that days are counted from; None for all before `last_day`.
        last_day: the last one; None for all since `first_day`.
        cell_degrees: height and width of the cells of the map.

    """

    facets: frozenset[Facet] = frozenset()
    limit: int = 50
    first_day: date | None = None
    last_day: date | None = None
    cell_degrees: float = 1.0


@dataclass(frozen=True, slots=True)
class Counted(Generic[_Kind]):
    """Images by their kind; one may be of several.

    Attributes:
        entries: kinds and how many images are of each, the largest counts first.
        others: how many kinds are not among the entries.
        missing: how many images are of no kind.

    """

    entries: tuple[tuple[_Kind, int], ...]
    others: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person who is on images.

    Attributes:
        id: of the person.
        display_name: that a user gave; may be empty.
        cover_face_id: the face of the highest score.

    """

    id: str
    display_name: str
    cover_face_id: int


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as it names itself; either may be empty, not both."""

    make: str
    model: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the images of a cell of the map were taken, as the box around them.

    Attributes:
        south: WGS 84 degrees.
        west: WGS 84 degrees.
        north: WGS 84 degrees.
        east: WGS 84 degrees.
        image_sha256: of the image in it that was indexed last.

    """

    south: float
    west: float
    north: float
    east: float
    image_sha256: str


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """How many images a filter finds; what was not asked for is None.

    Attributes:
        images: how many.
        size_bytes: of their files together.
        labels: by the classes of their objects.
        people: by those who are on them, without hidden people.
        months: by the first day of the month that they were taken in.
        days: by the day that they were taken on.
        cameras: by what took them.
        places: by where they were taken.
        media_types: by their media type.

    """

    images: int
    size_bytes: int
    labels: Counted[str] | None = None
    people: Counted[PersonShown] | None = None
    months: Counted[date] | None = None
    days: Counted[date] | None = None
    cameras: Counted[Camera] | None = None
    places: Counted[Place] | None = None
    media_types: Counted[str] | None = None


@dataclass(frozen=True, slots=True)
class TimelineBucket:
    """The images of a year, a month or a day.

    Attributes:
        granularity: which of them.
        start: its first day; None for images whose capture time is not known.
        images: how many.
        cover_sha256: of the first one.

    """

    granularity: Granularity
    start: date | None
    images: int
    cover_sha256: str

    @property
    def filter_expression(self) -> str:
        """The filter that finds these images and no other."""
        if self.start is None:
            return "NOT capture_time:*"
        # A date is written from the year on, and each part means all of it.
        parts = {Granularity.YEAR: 1, Granularity.MONTH: 2, Granularity.DAY: 3}[self.granularity]
        return f"capture_time = {'-'.join(self.start.isoformat().split('-')[:parts])}"
