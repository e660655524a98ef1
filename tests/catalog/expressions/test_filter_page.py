"""The page of filters says what the language is."""

import re
from pathlib import Path

from services.catalog.expressions.conditions import NumberField, TextField
from services.catalog.expressions.image_filter import image_condition
from services.catalog.expressions.order import OrderField

PAGE = (Path(__file__).parents[3] / "docs" / "filters.md").read_text()


def test_every_filter_that_it_shows_is_understood() -> None:
    shown = [cell for row in re.findall(r"^\| (`.*) \|$", PAGE, re.MULTILINE) for cell in re.findall(r"`([^`]+)`", row)]
    commands = re.findall(r"--filter '([^']+)'", PAGE)
    filters = [text for text in shown if re.search(r"[:=<>(].", text) and "://" not in text]
    assert len(filters) > 20
    assert len(commands) == 2
    for text in [*filters, *commands]:
        assert image_condition(text, lambda _, name: name.rpartition("/")[2]) is not None, text


def test_it_leaves_out_no_field() -> None:
    for field in (*NumberField, *TextField, *OrderField):
        assert re.search(rf"`[^`]*\b{re.escape(field.value)}\b", PAGE), field
