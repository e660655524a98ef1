"""Faces and where they are on their photo, to tell which are the same after an edit of the file."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.storage.database import Cursor
from services.catalog.vocabulary import Box

# As intersection over union: two boxes that share more are of one face.
_SAME_FACE: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFace:
    """A face and where it is on its photo, in parts of the photo's width and height.

    Attributes:
        id: of the face.
        person: number of its person, 0 for nobody.
        pinned: whether a user put it there.
        left: of the box, 0 to 1, like the others.
        top: of the box.
        right: of the box.
        bottom: of the box.
        embedding: unit float32 [512].
        drawn: whether a user drew it.

    """

    id: int
    person: int
    pinned: bool
    left: float
    top: float
    right: float
    bottom: float
    embedding: npt.NDArray[np.float32]
    drawn: bool

    @property
    def area(self) -> float:
        """Area of the box, as a part of the photo's."""
        return (self.right - self.left) * (self.bottom - self.top)

    def overlap(self, other: "PlacedFace") -> float:
        """Return the intersection over union of two boxes, each in parts of its photo, so that scaling is no move."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        shared = max(0.0, right - left) * max(0.0, bottom - top)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def is_at(self, other: "PlacedFace") -> bool:
        """Return whether two boxes on one photo are of one face."""
        return self.overlap(other) >= _SAME_FACE

    def moved(self, box: Box, width: int, height: int) -> "PlacedFace":
        """Return the face where `box` is, in pixels of a photo of `width` x `height`."""
        right, bottom = box.left + box.width, box.top + box.height
        return replace(self, left=box.left / width, top=box.top / height, right=right / width, bottom=bottom / height)


def read_placed_faces(cursor: Cursor, image_id: int, *, rejected: bool = False) -> list[PlacedFace]:
    """Return the faces of an image that anybody sees, or those that users `rejected`, ascending."""
    source = "(SELECT * FROM trashed_face WHERE rejected)" if rejected else "face"
    rows = cursor.execute(
        "SELECT face.id, person, pinned, box_left / width, box_top / height, (box_left + box_width) / width, "  # noqa: S608
        "(box_top + box_height) / height, drawn, embedding "
        f"FROM {source} AS face JOIN image ON image.id = face.image_id WHERE image_id = ? ORDER BY face.id",
        [image_id],
    ).fetchall()
    faces = []
    for face_id, person, pinned, left, top, right, bottom, drawn, embedding in rows:
        vector = np.frombuffer(embedding, "<f4").astype(np.float32)
        faces.append(PlacedFace(face_id, person, pinned, left, top, right, bottom, vector, drawn))
    return faces
