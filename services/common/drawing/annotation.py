"""Boxes and labels drawn onto a photo."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from PIL import Image, ImageDraw

from services.common.drawing.fonts import Fonts
from services.common.drawing.palette import NEUTRAL, Rgb, color_of

# Enough for people to tell two apart.
_ID_CHARS: Final = 6
_SHADOW: Final = (0, 0, 0, 150)
_TEXT: Final = (20, 20, 20, 255)


class Area(Protocol):
    """A rectangle in pixels of the upright photo, origin top left: a message's, or a record's."""

    @property
    def left(self) -> float:
        """Pixels from the left edge."""
        ...

    @property
    def top(self) -> float:
        """Pixels from the top edge."""
        ...

    @property
    def width(self) -> float:
        """Pixels, > 0."""
        ...

    @property
    def height(self) -> float:
        """Pixels, > 0."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw.

    Attributes:
        box: in pixels of the upright photo.
        text: its label; may be empty.
        color: of the line, and of the label's ground.

    """

    box: Area
    text: str
    color: Rgb


def object_mark(box: Area, label: str, score: float) -> Mark:
    """Return the mark of an object; `score` is 0 to 1."""
    return Mark(box, f"{label} {score:.0%}", color_of(label))


def face_mark(box: Area, person: str | None = None, text: str = "") -> Mark:
    """Return the mark of a face, of the person with the resource name `person` and the label `text`, or of nobody."""
    return Mark(box, "face", NEUTRAL) if person is None else Mark(box, text, color_of(person))


def person_text(name: str, display_name: str) -> str:
    """Return what a person is called: by the name that a user gave, or the start of the id in the resource name."""
    return display_name or f"person {name.rpartition('/')[2][:_ID_CHARS]}"


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
    picture = photo.copy()
    picture.paste(overlay, mask=overlay)
    return picture


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
