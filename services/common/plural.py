"""Nouns behind numbers: one thing, several things."""


def noun(count: int, singular: str, many: str | None = None) -> str:
    """Return `singular` for one, and `many` for any other number, by default the singular with an s."""
    return singular if count == 1 else many or singular + "s"


def plural(count: int, singular: str, many: str | None = None) -> str:
    """Return `count` and its noun, for example ``1 photo`` and ``1,200 photos``."""
    return f"{count:,} {noun(count, singular, many)}"
