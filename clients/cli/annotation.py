"""Boxes and labels drawn onto a photo."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image, ImageDraw, UnidentifiedImageError

from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli.fonts import Fonts
from clients.cli.palette import Rgb

_MAKER: Final = "albumen"
_SHADOW: Final = (0, 0, 0, 150)
_TEXT: Final = (20, 20, 20, 255)


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw.

    Attributes:
        box: in pixels of the upright photo.
        text: its label; may be empty.
        color: of the line, and of the label's ground.

    """

    box: BoundingBox
    text: str
    color: Rgb


def annotate(photo: Image.Image, marks: Iterable[Mark], fonts: Fonts | None = None) -> Image.Image:
    """Return a copy of `photo` (upright, RGB) with `marks` drawn onto it, large ones first.

    Lines and letters grow with the photo, so that they look the same at any size. Default of `fonts`: the bundled
    one and the system's.
    """
    fonts = fonts or Fonts()
    overlay = Image.new("RGBA", photo.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(overlay)
    width = max(2, round(max(photo.size) / 320))
    ordered = sorted(marks, key=lambda mark: -mark.box.width * mark.box.height)
    for mark in ordered:
        _draw_box(draw, mark, width)
    taken: list[tuple[float, float, float, float]] = []
    for mark in ordered:
        if mark.text:
            taken.append(_draw_label(draw, mark, fonts, width, photo.size, taken))
    return Image.alpha_composite(photo.convert("RGBA"), overlay).convert("RGB")


def note_of_maker() -> Image.Exif:
    """Return the metadata by which `is_annotated` knows a picture again."""
    note = Image.Exif()
    note[ExifTags.Base.Software] = _MAKER
    return note


def is_annotated(path: Path) -> bool:
    """Return whether the file at `path` is a picture with such a note: a drawing, not a photo.

    Raises:
        OSError: it can't be read.

    """
    try:
        with Image.open(path) as picture:
            return picture.getexif().get(ExifTags.Base.Software) == _MAKER
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError):
        return False


def _draw_box(draw: ImageDraw.ImageDraw, mark: Mark, width: int) -> None:
    left, top = mark.box.left, mark.box.top
    right, bottom = left + mark.box.width - 1, top + mark.box.height - 1
    radius = min(width * 3, mark.box.width / 2, mark.box.height / 2)
    # A dark line under the coloured one keeps it visible on a ground of its own colour.
    margin = max(1, width // 3)
    outer = (left - margin, top - margin, right + margin, bottom + margin)
    draw.rounded_rectangle(outer, radius + margin, outline=_SHADOW, width=width + 2 * margin)
    inner = (left, top, max(left, right), max(top, bottom))
    draw.rounded_rectangle(inner, radius, outline=mark.color, width=width)


def _draw_label(
    draw: ImageDraw.ImageDraw,
    mark: Mark,
    fonts: Fonts,
    width: int,
    size: tuple[int, int],
    taken: list[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    """Draw the label at the first place that lies in the photo and on no other label; return that place."""
    font = fonts.font_for(mark.text, max(11, width * 6))
    padding = width * 1.5
    text_left, text_top, text_right, text_bottom = font.getbbox(mark.text)
    ascent_height = max(text_bottom - text_top, width * 5)
    label_width, label_height = text_right - text_left + 2 * padding, ascent_height + 1.4 * padding
    left = min(max(0.0, mark.box.left), max(0.0, size[0] - label_width))
    top, bottom = mark.box.top, mark.box.top + mark.box.height
    wanted = (
        top - label_height,
        top + width,
        bottom - label_height - width,
        bottom,
        top + width + label_height,
    )
    candidates = [min(max(0.0, y), size[1] - label_height) for y in wanted]
    areas = [(left, y, left + label_width, y + label_height) for y in candidates]
    area = next((each for each in areas if not any(_overlap(each, other) for other in taken)), areas[0])
    draw.rounded_rectangle(area, min(width * 1.5, label_height / 2), fill=(*mark.color, 235))
    space = (label_height - (text_bottom - text_top)) / 2
    draw.text((area[0] + padding - text_left, area[1] + space - text_top), mark.text, font=font, fill=_TEXT)
    return area


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
