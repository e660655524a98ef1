import pytest

from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.order import ImageOrder, OrderField, image_order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", ImageOrder(OrderField.CREATE_TIME)),
        ("create_time", ImageOrder(OrderField.CREATE_TIME)),
        (" capture_time  desc ", ImageOrder(OrderField.CAPTURE_TIME, descending=True)),
        ("size_bytes asc", ImageOrder(OrderField.SIZE_BYTES)),
    ],
)
def test_what_orders_mean(text: str, order: ImageOrder) -> None:
    assert image_order(text) == order


@pytest.mark.parametrize(
    ("text", "position", "why"),
    [
        ("sizes", 1, "can't be ordered by sizes; there are capture_time, "),
        ("sizes\0", 1, "can't be ordered by sizes␀;"),
        ("capture_time down", 14, "down is no direction"),
        ("capture_time, size_bytes", 13, "by one field"),
        ("size_bytes desc desc", 1, "by one field"),
        (",", 1, "No field stands before the comma; there are capture_time, "),
        (" , size_bytes", 2, "No field stands before the comma"),
    ],
)
def test_what_is_no_order_says_where_and_why(text: str, position: int, why: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        image_order(text)
    assert caught.value.position == position
    assert why in caught.value.message
