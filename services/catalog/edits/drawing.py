"""A face that a user draws, and what may be in its way."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.not_found import image_not_found
from services.catalog.storage.database import Cursor
from services.catalog.storage.drawn_faces import Ground, read_ground
from services.catalog.storage.images import find_image_id
from services.catalog.storage.placed_faces import PlacedFace, read_placed_faces
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, Box
from services.common.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
)
from services.common.limits import MAX_FACES_WITH_DRAWN, MIN_DRAWN_SIDE
from services.common.number_text import float64_text

# Pixels by which a box may reach beyond the image: a client that scales boxes rounds them.
_ROUNDING: Final = 1.0
# A face that is not there yet, and nowhere.
_NEW: Final = PlacedFace(0, 0, False, 0.0, 0.0, 0.0, 0.0, np.zeros(EMBEDDING_DIMENSIONS, np.float32), True)  # noqa: FBT003


@dataclass(frozen=True, slots=True)
class Canvas:
    """An image that a user draws a face on.

    Attributes:
        sha256: of the image.
        box: where the face is, in pixels of the upright image.

    """

    sha256: str
    box: Box


def clipped_box(box: Box, width: int, height: int, *, field: str) -> Box:
    """Return the part of a box that is inside an image of `width` x `height` pixels.

    Raises:
        InvalidArgumentError: BOX_OUTSIDE_IMAGE or BOX_TOO_SMALL, of `field`.

    """
    right, bottom = box.left + box.width, box.top + box.height
    inside = box.left >= -_ROUNDING and box.top >= -_ROUNDING
    if not (inside and right <= width + _ROUNDING and bottom <= height + _ROUNDING):
        raise InvalidArgumentError(
            Reason.BOX_OUTSIDE_IMAGE,
            f"The box {_shown(box)} reaches beyond the image, which is {width:,} pixels wide and {height:,} high once "
            "it is upright. Clip it.",
            field=field,
            metadata={"width": str(width), "height": str(height)},
        )
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    clipped = Box(left, top, min(right, float(width)) - left, min(bottom, float(height)) - top)
    shorter = min(clipped.width, clipped.height)
    if shorter < MIN_DRAWN_SIDE:
        raise InvalidArgumentError(
            Reason.BOX_TOO_SMALL,
            f"The box {_shown(box)} is smaller than {MIN_DRAWN_SIDE} x {MIN_DRAWN_SIDE} pixels, of which nobody could "
            "tell a face. Draw it from chin to hairline and from ear to ear.",
            field=field,
            metadata={"limit": str(MIN_DRAWN_SIDE), "value": float64_text(shorter)},
        )
    return clipped


def check_canvas(cursor: Cursor, library_id: str, canvas: Canvas) -> Ground:
    """Return the image that a face is to be drawn on, if there is nothing in its way.

    Raises:
        NotFoundError: IMAGE_NOT_FOUND.
        FailedPreconditionError: IMAGE_IN_TRASH.
        AlreadyExistsError: FACE_EXISTS.
        ResourceExhaustedError: IMAGE_FULL.

    """
    image_id = find_image_id(cursor, canvas.sha256)
    if image_id is None:
        raise image_not_found(library_id, canvas.sha256)
    ground, name = read_ground(cursor, image_id), f"libraries/{library_id}/images/{canvas.sha256}"
    if ground.trashed:
        raise FailedPreconditionError(
            Reason.IMAGE_IN_TRASH,
            "The image is in the trash, where nobody sees its faces. Undelete it first.",
            resource=name,
        )
    drawn = _NEW.moved(canvas.box, ground.width, ground.height)
    there = max(read_placed_faces(cursor, image_id), key=drawn.overlap, default=drawn)
    if there is not drawn and drawn.is_at(there):
        raise AlreadyExistsError(
            Reason.FACE_EXISTS,
            f"Face {there.id} is there already. Reassign it, or reject it first if its box is wrong.",
            resource=f"libraries/{library_id}/faces/{there.id}",
            metadata={"face": str(there.id)},
        )
    if ground.faces >= MAX_FACES_WITH_DRAWN:
        raise ResourceExhaustedError(
            Reason.IMAGE_FULL,
            f"The image has {ground.faces:,} faces, and {MAX_FACES_WITH_DRAWN} are the most that it may have, rejected "
            "ones included. Undo the drawing of one first.",
            resource=name,
            metadata={"limit": str(MAX_FACES_WITH_DRAWN), "value": str(ground.faces)},
        )
    return ground


def _shown(box: Box) -> str:
    return f"{', '.join(map(float64_text, (box.left, box.top, box.width, box.height)))} (left, top, width, height)"
