"""Where the parts of a photo are after its file was edited: cropped, resized, or only touched up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.storage.placed_faces import PlacedFace
from services.catalog.vocabulary import Box

Match = tuple[PlacedFace, PlacedFace]
# By how much the proportions of a photo may change by rounding when it is resized.
_SAME_PROPORTIONS: Final = 0.01
# How far a face may be from where the move of the others puts it, in its own sizes, and the new photo beyond the old.
_OFF_PLACE: Final = 0.5
_BEYOND: Final = 0.03
# How much of a face has to be left in a photo that was cropped.
_LEFT_OVER: Final = 0.5


@dataclass(frozen=True, slots=True)
class Extent:
    """Width and height of an upright photo, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Move:
    """How a photo was moved: pixels of the old photo times `scale`, plus `x` and `y`, are those of the new one."""

    scale: float
    x: float
    y: float
    new: Extent

    def of(self, face: PlacedFace, old: Extent) -> Box | None:
        """Return where a face is on the new photo, clipped to it; None if too little of it is left there."""
        left, right = (side * old.width * self.scale + self.x for side in (face.left, face.right))
        top, bottom = (side * old.height * self.scale + self.y for side in (face.top, face.bottom))
        whole = (right - left) * (bottom - top)
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, float(self.new.width)), min(bottom, float(self.new.height))
        if right <= left or bottom <= top or (right - left) * (bottom - top) < _LEFT_OVER * whole:
            return None
        return Box(left, top, right - left, bottom - top)


def find_move(old: Extent, new: Extent, matches: Sequence[Match]) -> Move | None:
    """Return how a photo was moved, from faces that are on both; None if it was turned, mirrored, or nobody can tell.

    Without any such face, the new photo is the old one at another size, or nobody can tell.
    """
    if not matches:
        scale = new.width / old.width
        same = abs(new.height / old.height / scale - 1) <= _SAME_PROPORTIONS
        return Move(scale, 0.0, 0.0, new) if same else None
    before = np.array([_place(one, old) for one, _ in matches])
    after = np.array([_place(other, new) for _, other in matches])
    scale = float(np.median(after[:, 2] / before[:, 2]))
    x, y = np.median(after[:, :2] - scale * before[:, :2], axis=0).tolist()
    misses = np.linalg.norm(scale * before[:, :2] + (x, y) - after[:, :2], axis=1) / after[:, 2]
    # A part of the old photo is all that the new one can show: the faces of a mirrored one would put it beside.
    spans = ((x, old.width, new.width), (y, old.height, new.height))
    beyond = max(max(at / size, (size - at) / size - old_size * scale / size) for at, old_size, size in spans)
    if misses.max() > _OFF_PLACE or beyond > _BEYOND:
        return None
    return Move(scale, x, y, new)


def _place(face: PlacedFace, photo: Extent) -> tuple[float, float, float]:
    """Return the centre of a face and the square root of its area, in pixels."""
    x, y = (face.left + face.right) / 2 * photo.width, (face.top + face.bottom) / 2 * photo.height
    return x, y, float(np.sqrt(face.area * photo.width * photo.height))
