"""How a picture is to be: its size, its shape, its encoding."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PictureFormat(StrEnum):
    """Encoding of a picture, as Pillow calls it."""

    JPEG = "JPEG"
    WEBP = "WEBP"

    @property
    def mime_type(self) -> str:
        """Its media type."""
        return _MIME_TYPES[self]


_MIME_TYPES: Final = {PictureFormat.JPEG: "image/jpeg", PictureFormat.WEBP: "image/webp"}


@dataclass(frozen=True, slots=True)
class PictureForm:
    """How a picture is to be.

    Attributes:
        max_side: pixels of its longer side, at most.
        format: its encoding.
        square: whether it shows only the square in the middle.

    """

    max_side: int
    format: PictureFormat = PictureFormat.JPEG
    square: bool = False

    def shown(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of what is shown of an upright picture of that extent."""
        if not self.square:
            return 0, 0, width, height
        side = min(width, height)
        return (width - side) // 2, (height - side) // 2, side, side

    def extent(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height that a picture has that is made of an upright one; it is never enlarged."""
        _, _, width, height = self.shown(width, height)
        scale = min(self.max_side / max(width, height), 1.0)
        return max(round(width * scale), 1), max(round(height * scale), 1)
