"""What an image must meet, in terms of the catalog: checked, typed, and equal if it means the same."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from services.catalog.expressions.syntax import Operator

Value = float | int | bool | datetime


class NumberField(Enum):
    """Fields of an image that have an order."""

    CAPTURE_TIME = "capture_time"
    CREATE_TIME = "create_time"
    SIZE_BYTES = "size_bytes"
    WIDTH = "width"
    HEIGHT = "height"
    FACE_COUNT = "face_count"
    PERSON_COUNT = "person_count"
    RATING = "rating"
    FAVORITE = "favorite"
    TRASHED = "trashed"


class TextField(Enum):
    """Fields of an image that are text."""

    FILE_NAME = "file_name"
    SOURCE_URI = "source_uri"
    MIME_TYPE = "mime_type"
    CAMERA_MAKE = "camera.make"
    CAMERA_MODEL = "camera.model"
    DESCRIPTION = "description"
    TAG = "tags"


@dataclass(frozen=True, slots=True)
class Compared:
    """A field has a value in an order; an image without one meets no comparison.

    Attributes:
        field: of the image.
        operator: never HAS.
        value: a naive time of the camera's clock for the capture time, naive UTC for the time of indexing.

    """

    field: NumberField
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Written:
    """A text is as a pattern says, whatever the case of its letters.

    Attributes:
        field: of the image; of one that can be repeated, one value is enough.
        pattern: parts between which there may be anything; one part is the whole text.

    """

    field: TextField
    pattern: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """A field has a value."""

    field: TextField | NumberField


@dataclass(frozen=True, slots=True)
class Located:
    """The image says where it was taken."""


@dataclass(frozen=True, slots=True)
class Within:
    """The image was taken in a box of the map; from west to east, over the antimeridian if west > east.

    Attributes:
        south: WGS 84 degrees.
        west: WGS 84 degrees.
        north: WGS 84 degrees.
        east: WGS 84 degrees.

    """

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Seen:
    """An object was seen.

    Attributes:
        label: its class; None for any.
        operator: how the best score of it compares; None for whatever score.
        score: 0 to 1.

    """

    label: str | None
    operator: Operator | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """A person or an album, by its id, or by a name that several may have.

    Attributes:
        id: of the resource; None if it is meant by name.
        name: parts of a pattern as in `Written`; empty if it is meant by id.

    """

    id: str | None
    name: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's face is on the image; None for anybody's."""

    person: Reference | None


@dataclass(frozen=True, slots=True)
class ShownAlone:
    """All these people are on the image, and no other face."""

    people: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """The image is in an album; None for any."""

    album: Reference | None


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A word stands in anything that is written of the image: names of file, labels, people, albums, tags, description.

    Attributes:
        word: is found within longer words, too, whatever the case of its letters.

    """

    word: str


@dataclass(frozen=True, slots=True)
class Not:
    """A condition is not met."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions are met."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A condition is met."""

    conditions: tuple["Condition", ...]


Simple = Compared | Written | Present | Located | Within | Seen | Shown | ShownAlone | Collected | Mentioned
Condition = Simple | Not | AllOf | AnyOf


def mentions(condition: Condition, field: NumberField) -> bool:
    """Return whether it depends on a field."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return any(mentions(inner, field) for inner in conditions)
        case Not(inner):
            return mentions(inner, field)
        case Compared(own) | Present(own):
            return own is field
        case _:
            return False
