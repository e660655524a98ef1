"""Orders of a list, as AIP-132 has them: ``capture_time desc, file_name``."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.catalog.expressions.faults import ExpressionError
from services.common.excerpt import excerpt

_PART: Final = re.compile(r"\s*(?P<field>[^\s,]*)(?:\s+(?P<direction>[^\s,]+))?\s*(?:,|$)")


class OrderField(Enum):
    """What images can be ordered by."""

    CAPTURE_TIME = "capture_time"
    CREATE_TIME = "create_time"
    SIZE_BYTES = "size_bytes"


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """The order of a list of images; those that are equal in it follow in the order in which they were indexed.

    Attributes:
        field: of the image; those without a value come last.
        descending: whether the largest comes first, and of equal ones the last indexed.

    """

    field: OrderField = OrderField.CREATE_TIME
    descending: bool = False


AS_INDEXED: Final = ImageOrder()


def image_order(text: str) -> ImageOrder:
    """Return the order that a request asks for: as indexed if it is empty.

    Raises:
        ExpressionError: it is none.

    """
    if not text.strip():
        return AS_INDEXED
    fields = {field.value: field for field in OrderField}
    found = _PART.fullmatch(text)
    if text.lstrip().startswith(","):
        message = f"No field stands before the comma; there are {', '.join(fields)}"
        raise ExpressionError(message, text.index(",") + 1)
    if found is None:
        message = "Images are ordered by one field, for example capture_time desc"
        raise ExpressionError(message, text.find(",") + 1 or 1)
    name, direction = found["field"], found["direction"]
    if name not in fields:
        message = f"Images can't be ordered by {excerpt(name)}; there are {', '.join(fields)}"
        raise ExpressionError(message, found.start("field") + 1)
    if direction not in {None, "asc", "desc"}:
        message = f"{excerpt(direction)} is no direction; write desc, or nothing"
        raise ExpressionError(message, found.start("direction") + 1)
    return ImageOrder(fields[name], direction == "desc")
