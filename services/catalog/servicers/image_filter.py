"""Which images a request means, and in which order."""

from collections.abc import Sequence

from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.expressions.conditions import Condition
from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.image_filter import image_condition
from services.catalog.expressions.order import ImageOrder, image_order
from services.catalog.filters import ImageFilter
from services.catalog.servicers.resource_names import parse_child_of, parse_own
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_FILTER_CHARS, MAX_FILTER_LABELS


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
    checks.done()
    return ImageFilter(labels, person, condition, show_trashed)


def image_order_of(text: str, *, field: str) -> ImageOrder:
    """Return an order.

    Raises:
        InvalidArgumentError: ORDER_INVALID.

    """
    try:
        return image_order(text)
    except ExpressionError as error:
        raise error.refusal(Reason.ORDER_INVALID, field) from None


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
