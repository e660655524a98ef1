"""Colours that stay with what they stand for, in every photo and in every run."""

import zlib
from typing import Final

Rgb = tuple[int, int, int]

# fmt: off
# Apart from each other, and light enough for black text to be read on every one.
_COLORS: Final[tuple[Rgb, ...]] = (
    (255, 138, 101), (255, 202, 40), (156, 204, 101), (77, 182, 172), (79, 195, 247), (121, 134, 255),
    (186, 124, 255), (240, 98, 146), (255, 167, 38), (212, 225, 87), (38, 198, 218), (244, 143, 177),
)
# fmt: on

NEUTRAL: Final[Rgb] = (236, 239, 241)


def color_of(key: str) -> Rgb:
    """Return the colour of `key`, a label or the resource name of a person, as 8-bit red, green, blue."""
    return _COLORS[zlib.crc32(key.encode()) % len(_COLORS)]


def to_hex(color: Rgb) -> str:
    """Return `color` as CSS has it, for example ``#ff8a65``."""
    return "#{:02x}{:02x}{:02x}".format(*color)
