"""Measures how well a face is visible, from its box, its landmarks and its pixels."""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from services.detector.detections import Box, FaceQuality, Landmarks
from services.detector.head_pose import head_pose
from services.detector.resizing import resize

SHARPNESS_SIZE: Final = 32
# Detail at which a face counts as half sharp; sharpness and size from which on more of them does not help. From LFW:
# beyond these, the distance of a face to others of the same person no longer falls.
_HALF_SHARP: Final = 0.5
_ENOUGH_SHARPNESS: Final = 0.55
_ENOUGH_PIXELS: Final = 40.0
# Cosine of 66 degrees: a face that no model sees is mostly turned away, or hidden. Whatever else is good about it, it
# stays below the quality (0.45) from which on a catalog lets a face found people.
_UNKNOWN_POSE: Final = 0.4


def face_quality(
    box: Box, landmarks: Landmarks | None, size: tuple[int, int], pixels: NDArray[np.uint8]
) -> FaceQuality:
    """Measure the quality of a face.

    The score is the product of four factors from 0 to 1, so that one serious defect suffices to lower it: size and
    sharpness, each relative to what is sufficient, the cosines of yaw and pitch, and the share of the box inside the
    photo.

    Args:
        box: the whole box, in pixels of the photo; may extend beyond it.
        landmarks: in pixels of the photo; None if there are none, and with them no pose.
        size: width and height of the photo.
        pixels: the photo, uint8 [height, width, 3], RGB, at any scale.

    """
    pose = None if landmarks is None else head_pose(landmarks)
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    right, bottom = min(box.left + box.width, size[0]), min(box.top + box.height, size[1])
    visible = max(right - left, 0.0) * max(bottom - top, 0.0) / (box.width * box.height)
    scale_x, scale_y = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    columns, rows = _span(left * scale_x, right * scale_x), _span(top * scale_y, bottom * scale_y)
    sharp = sharpness(pixels[rows, columns])
    shorter = min(box.width, box.height)
    # How much of the face is turned towards the camera.
    frontal = _UNKNOWN_POSE
    if pose is not None:
        frontal = max(math.cos(math.radians(pose.yaw)) * math.cos(math.radians(pose.pitch)), 0.0)
    score = min(shorter / _ENOUGH_PIXELS, 1.0) * min(sharp / _ENOUGH_SHARPNESS, 1.0) * frontal * min(visible, 1.0)
    return FaceQuality(
        score=score,
        sharpness=sharp,
        source_pixels=shorter,
        yaw=pose.yaw if pose else 0.0,
        pitch=pose.pitch if pose else 0.0,
        roll=pose.roll if pose else 0.0,
        truncation=max(1.0 - visible, 0.0),
    )


def sharpness(face: NDArray[np.uint8]) -> float:
    """Return the sharpness of a face, uint8 [height, width, 3], RGB: from 0, no detail, towards 1.

    It is x / (x + 0.5), x being the variance of the Laplacian of the luminance at 32 x 32 pixels, as in Pertuz et al.,
    "Analysis of focus measure operators for shape-from-focus" (2013), divided by the variance of the luminance
    itself, so that neither contrast nor exposure counts.
    """
    grey = cv2.cvtColor(resize(face, SHARPNESS_SIZE, SHARPNESS_SIZE), cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).var()) / (float(grey.var()) + 1.0)
    return detail / (detail + _HALF_SHARP)


def _span(start: float, stop: float) -> slice:
    first = math.floor(start)
    return slice(first, max(math.ceil(stop), first + 1))
