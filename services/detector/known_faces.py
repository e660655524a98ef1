"""Faces that a caller knows of: the model looks at each of them closely, and they count whether it sees them or not."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.number_text import float32_text
from services.detector.candidates import Candidates
from services.detector.detection_model import DetectionModel
from services.detector.detections import Box
from services.detector.photo import Photo

# What is looked at, as multiples of the box: a model needs the head around a face.
_CONTEXT: Final = 2.0
# The caller says that there is a face, so less has to speak for it: this share of the model's own threshold.
_LENIENCY: Final = 0.5
# A box drawn by hand is loose, or leaves out chin and brow; of a neighbour's face it shares less.
_MIN_OVERLAP: Final = 0.3
_CANDIDATES: Final = 16
# Pixels by which a box may reach beyond the photo: float32 rounds it.
_ROUNDING: Final = 1.0


def check_inside(boxes: Sequence[Box], photo: Photo) -> None:
    """Refuse boxes that reach beyond a photo.

    Raises:
        InvalidArgumentError: BOX_OUTSIDE_IMAGE, of `face_options.boxes`.

    """
    checks = Checks()
    for index, box in enumerate(boxes):
        checks.run(_check_inside, box, photo, field=f"face_options.boxes[{index}]")
    checks.done()


def look_at(model: DetectionModel, photo: Photo, boxes: Sequence[Box], min_score: float | None) -> Candidates:
    """Return one face for each of the boxes, in their order: as the model sees it, or else as the caller does.

    Args:
        model: finds faces.
        photo: that the faces are in.
        boxes: in pixels of the photo, inside of it.
        min_score: what speaks for a face the less is not seen; None means half of the model's own threshold.

    Returns:
        In pixels of the photo. A face that the model does not see has the box as it was given, but a pixel at least,
        the score 0, and landmarks that are not numbers.

    Raises:
        AlbumenError: see `Photo.pixels`.

    """
    threshold = model.min_score * _LENIENCY if min_score is None else min_score
    faces = [_look_at(model, photo, _seizable(box, photo), threshold) for box in boxes]
    return Candidates(
        boxes=np.concatenate([face.boxes for face in faces]),
        scores=np.concatenate([face.scores for face in faces]),
        classes=np.concatenate([face.classes for face in faces]),
        landmarks=np.concatenate([face.landmarks for face in faces]),
    )


def _look_at(model: DetectionModel, photo: Photo, box: Box, min_score: float) -> Candidates:
    columns, rows = _around(box.left, box.width, photo.width), _around(box.top, box.height, photo.height)
    wide, high = columns[1] - columns[0], rows[1] - rows[0]
    pixels = photo.pixels(model.decoder.scale(round(wide), round(high)))
    scale_x, scale_y = pixels.shape[1] / photo.width, pixels.shape[0] / photo.height
    left, right = _whole(columns, scale_x)
    top, bottom = _whole(rows, scale_y)
    found = model.decoder.detect(pixels[top:bottom, left:right], min_score=min_score, classes=None, limit=_CANDIDATES)
    corner = np.array([left / scale_x, top / scale_y], np.float32)
    scale = np.array([scale_x, scale_y], np.float32)
    boxes = np.asarray(found.boxes / np.tile(scale, 2) + np.tile(corner, 2), np.float32)
    landmarks = np.asarray(found.landmarks / scale + corner, np.float32)
    corners = np.array([[box.left, box.top, box.left + box.width, box.top + box.height]], np.float32)
    overlaps = _overlaps(boxes, corners[0])
    best = int(overlaps.argmax()) if len(overlaps) else 0
    if len(overlaps) and overlaps[best] >= _MIN_OVERLAP:
        one = slice(best, best + 1)
        return Candidates(boxes[one], found.scores[one], found.classes[one], landmarks[one])
    unseen = np.full((1, model.decoder.landmark_count, 2), np.nan, np.float32)
    return Candidates(corners, np.zeros(1, np.float32), np.zeros(1, np.int64), unseen)


def _seizable(box: Box, photo: Photo) -> Box:
    """Return a box, or one of a pixel of the photo where it holds less, as that of a face in a preview may."""
    left, width = _side(box.left, box.width, photo.width)
    top, height = _side(box.top, box.height, photo.height)
    return Box(left, top, width, height)


def _side(start: float, extent: float, size: int) -> tuple[float, float]:
    inside = min(start + extent, size) - max(start, 0.0)
    return (start, extent) if inside >= 1 else (min(max(start, 0.0), size - 1.0), 1.0)


def _around(start: float, extent: float, size: int) -> tuple[float, float]:
    """Return the part of a side of a photo that is looked at."""
    margin = extent * (_CONTEXT - 1) / 2
    return max(start - margin, 0.0), min(start + extent + margin, float(size))


def _whole(span: tuple[float, float], scale: float) -> tuple[int, int]:
    first = int(span[0] * scale)
    return first, max(round(span[1] * scale), first + 1)


def _overlaps(boxes: NDArray[np.float32], corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the intersection over union of boxes, float32 [n, 4], with one, float32 [4]."""
    sides = np.minimum(boxes[:, 2:], corners[2:]) - np.maximum(boxes[:, :2], corners[:2])
    common = sides.clip(0).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (corners[2:] - corners[:2]).prod()
    return np.asarray(common / (areas - common), np.float32)


def _check_inside(box: Box, photo: Photo, *, field: str) -> None:
    right, bottom = photo.width + _ROUNDING, photo.height + _ROUNDING
    inside = box.left >= -_ROUNDING and box.top >= -_ROUNDING
    if not (inside and box.left + box.width <= right and box.top + box.height <= bottom):
        shown = ", ".join(map(float32_text, (box.left, box.top, box.width, box.height)))
        raise InvalidArgumentError(
            Reason.BOX_OUTSIDE_IMAGE,
            f"The box {shown} (left, top, width, height) reaches beyond the photo, which is {photo.width} pixels wide "
            f"and {photo.height} high once it is upright. Clip it.",
            field=field,
            metadata={"width": str(photo.width), "height": str(photo.height)},
        )
