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
    ("text", "position"),
    [("sizes", 1), ("capture_time down", 14), ("capture_time, size_bytes", 13), ("size_bytes desc desc", 1), (",", 1)],
)
def test_what_is_no_order_says_where(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        image_order(text)
    assert caught.value.position == position
