"""Objects of an image as one text, as they are in its row: six numbers of each, apart by blanks."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.catalog.vocabulary import Box, DetectedObject

# Label, score, left, top, width and height.
_NUMBERS: Final = 6


def pack_objects(objects: Sequence[DetectedObject], label_ids: Mapping[str, int]) -> str:
    """Return the text of objects, best score first; scores and boxes are kept as float32."""
    rows = []
    for found in objects:
        score, *box = _float32(found.score, found.box.left, found.box.top, found.box.width, found.box.height)
        rows.append((-score, label_ids[found.label], *box))
    # Nine digits tell every float32 from its neighbours.
    return " ".join(
        " ".join((str(label), *(f"{number:.9g}" for number in (-score, *box)))) for score, label, *box in sorted(rows)
    )


def unpack_objects(text: str) -> Iterator[tuple[int, float, Box]]:
    """Yield label, score and box of each object, in the order of the text."""
    # A label's number is small enough for a float32, too.
    numbers = _float32(*map(float, text.split()))
    for at in range(0, len(numbers), _NUMBERS):
        label, score, *box = numbers[at : at + _NUMBERS]
        yield int(label), score, Box(*box)


def _float32(*numbers: float) -> tuple[float, ...]:
    """Return numbers as they are in a column of DuckDB's FLOAT."""
    form = f"<{len(numbers)}f"
    return struct.unpack(form, struct.pack(form, *numbers))
