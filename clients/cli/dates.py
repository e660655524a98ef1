"""Dates, as filters take them."""

from google.type.date_pb2 import Date


def date_text(date: Date) -> str:
    """Return a date as filters take it: the parts that it has."""
    return "-".join(f"{part:0{width}}" for part, width in ((date.year, 4), (date.month, 2), (date.day, 2)) if part)
