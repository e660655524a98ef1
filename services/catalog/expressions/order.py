"""Orders of a list, as AIP-132 has them: ``capture_time desc``."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from services.catalog.expressions.faults import ExpressionError
from services.common.excerpt import excerpt

_PART: Final = re.compile(r"\s*(?P<field>[^\s,]*)(?:\s+(?P<direction>[^\s,]+))?\s*(?:,|$)")


class OrderField(Enum):
    """What images can be ordered by."""

    CAPTURE_TIME = "capture_time"
    CREATE_TIME = "create_time"
    SIZE_BYTES = "size_bytes"
    FILE_NAME = "file_name"
    ALBUM = "album"


class AlbumField(Enum):
    """What albums can be ordered by."""

    DISPLAY_NAME = "display_name"
    CREATE_TIME = "create_time"
    UPDATE_TIME = "update_time"


class PeopleField(Enum):
    """What people can be ordered by."""

    FACE_COUNT = "face_count"
    DISPLAY_NAME = "display_name"
    LAST_CAPTURE_TIME = "last_capture_time"
    BIRTH_DATE = "birth_date"
    FAVORITE = "favorite"


_Field = TypeVar("_Field", OrderField, AlbumField, PeopleField)


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """The order of a list of images; those that are equal in it follow in the order in which they were indexed.

    Attributes:
        field: of the image, those without a value come last; or the order of the album that is listed.
        descending: whether the largest comes first, and of equal ones the last indexed.

    """

    field: OrderField = OrderField.CREATE_TIME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class AlbumOrder:
    """The order of a list of albums; those that are equal in it follow in the order in which they were created.

    Attributes:
        field: of the album.
        descending: whether the last or the newest comes first, and of equal ones the last created.

    """

    field: AlbumField = AlbumField.DISPLAY_NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PeopleOrder:
    """The order of a list of people; those that are equal in it follow by their id.

    Attributes:
        field: of the person; those without a value come last.
        descending: whether the largest comes first.

    """

    field: PeopleField = PeopleField.FACE_COUNT
    descending: bool = True


AS_INDEXED: Final = ImageOrder()
BY_NAME: Final = AlbumOrder()
MOST_FACES: Final = PeopleOrder()


def image_order(text: str, *, of_album: bool = False) -> ImageOrder:
    """Return the order that a request asks for: as indexed if it is empty.

    Args:
        text: as it was sent.
        of_album: whether one album is listed, so that there is an order of it.

    Raises:
        ExpressionError: it is none.

    """
    if not text.strip():
        return AS_INDEXED
    order = ImageOrder(*_read(text, "Images", OrderField, "capture_time"))
    if order.field is OrderField.ALBUM and not of_album:
        message = "Images can be ordered by album only where filter.album names one"
        raise ExpressionError(message, text.find(OrderField.ALBUM.value) + 1)
    return order


def album_order(text: str) -> AlbumOrder:
    """Return the order of albums that a request asks for: by name if it is empty.

    Raises:
        ExpressionError: it is none.

    """
    return AlbumOrder(*_read(text, "Albums", AlbumField, "update_time")) if text.strip() else BY_NAME


def people_order(text: str) -> PeopleOrder:
    """Return the order of people that a request asks for: most faces first if it is empty.

    Raises:
        ExpressionError: it is none.

    """
    return PeopleOrder(*_read(text, "People", PeopleField, "face_count")) if text.strip() else MOST_FACES


def _read(text: str, what: str, kind: type[_Field], example: str) -> tuple[_Field, bool]:
    """Return the field of an order, and whether it is descending."""
    fields = {field.value: field for field in kind}
    found = _PART.fullmatch(text)
    if text.lstrip().startswith(","):
        message = f"No field stands before the comma; there are {', '.join(fields)}"
        raise ExpressionError(message, text.index(",") + 1)
    if found is None:
        message = f"{what} are ordered by one field, for example {example} desc"
        raise ExpressionError(message, text.find(",") + 1 or 1)
    name, direction = found["field"], found["direction"]
    if name not in fields:
        message = f"{what} can't be ordered by {excerpt(name)}; there are {', '.join(fields)}"
        raise ExpressionError(message, found.start("field") + 1)
    if direction not in {None, "asc", "desc"}:
        message = f"{excerpt(direction)} is no direction; write desc, or nothing"
        raise ExpressionError(message, found.start("direction") + 1)
    return fields[name], direction == "desc"
