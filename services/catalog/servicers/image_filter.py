"""Which images a request means, and in which order."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.expressions.albums import speaks_of_albums
from services.catalog.expressions.conditions import Condition
from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.image_filter import image_condition
from services.catalog.filters import ImageFilter
from services.catalog.servicers.resource_names import parse_child_of, parse_own
from services.catalog.smart_filter import SmartFilter
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_FILTER_CHARS, MAX_FILTER_LABELS

_Order = TypeVar("_Order")


def image_filter_of(
    message: pb.ImageFilter, library: str | None, *, field: str, show_trashed: bool = False
) -> ImageFilter:
    """Return a filter; `library` is where its resources must be, if that is known.

    Raises:
        InvalidArgumentError: TOO_MANY_LABELS, RESOURCE_NAME_INVALID, FILTER_INVALID.

    """
    checks = Checks()
    labels = checks.run(_labels, message.labels, field=f"{field}.labels")
    person = checks.run(parse_child_of, message.person, "people", library, field=f"{field}.person")
    condition = checks.run(_condition, message.expression, library, field=f"{field}.expression")
    album = checks.run(parse_child_of, message.album, "albums", library, field=f"{field}.album")
    checks.done()
    return ImageFilter(labels, person, condition, album, show_trashed)


def smart_filter_of(message: pb.ImageFilter, library: str | None, *, field: str) -> SmartFilter:
    """Return the filter of a smart album of `library`, if that is known.

    Raises:
        InvalidArgumentError: as in `image_filter_of`; FILTER_INVALID, it speaks of albums.

    """
    checks = Checks()
    own = pb.ImageFilter()
    own.CopyFrom(message)
    own.ClearField("album")
    image_filter = checks.run(image_filter_of, own, library, field=field)
    checks.run(_check_album, message.album, field=f"{field}.album")
    checks.run(_check_expression, image_filter, field=f"{field}.expression")
    checks.done()
    return SmartFilter(image_filter.labels, image_filter.person_id, message.expression)


def narrowed(expression: str, condition: str) -> str:
    """Return the expression that finds those images of `expression` that meet one more condition."""
    return f"({expression}) {condition}" if expression.strip() else condition


def order_of(parse: Callable[[str], _Order], text: str, *, field: str) -> _Order:
    """Return an order, which `parse` makes of a text.

    Raises:
        InvalidArgumentError: ORDER_INVALID.

    """
    try:
        return parse(text)
    except ExpressionError as error:
        raise error.refusal(Reason.ORDER_INVALID, field) from None


def _check_album(album: str, *, field: str) -> None:
    if album:
        raise _speaks_of_albums(field)


def _check_expression(image_filter: ImageFilter, *, field: str) -> None:
    if image_filter.condition is not None and speaks_of_albums(image_filter.condition):
        raise _speaks_of_albums(field)


def _speaks_of_albums(field: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.FILTER_INVALID,
        "The filter of a smart album can't speak of albums. Say what its images are like.",
        field=field,
    )


def _labels(labels: Sequence[str], *, field: str) -> tuple[str, ...]:
    if len(labels) > MAX_FILTER_LABELS:
        raise InvalidArgumentError(
            Reason.TOO_MANY_LABELS,
            f"{len(labels):,} labels are more than the limit of {MAX_FILTER_LABELS}. Name each label once.",
            field=field,
            metadata={"limit": str(MAX_FILTER_LABELS), "value": str(len(labels))},
        )
    # In an order of their own, so that a page token does not depend on the caller's.
    return tuple(sorted(set(labels)))


def _condition(text: str, library: str | None, *, field: str) -> Condition | None:
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidArgumentError(
            Reason.FILTER_INVALID,
            f"A filter of {len(text):,} characters is longer than the limit of {MAX_FILTER_CHARS:,}.",
            field=field,
            metadata={"limit": str(MAX_FILTER_CHARS), "value": str(len(text))},
        )
    try:
        return image_condition(text, lambda collection, name: parse_own(name, collection, library, field=field))
    except ExpressionError as error:
        raise error.refusal(Reason.FILTER_INVALID, field) from None
