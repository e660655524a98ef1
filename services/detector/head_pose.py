"""Estimates the pose of a head from its five landmarks."""

import math
from dataclasses import dataclass
from typing import Final

from services.detector.detections import Landmarks, Point

# Proportions of a head seen from the front, as multiples of the distance between the eyes: how far the tip of the nose
# protrudes, and how far it and the mouth are below the eyes. The last two are medians of the detector's landmarks over
# LFW, whose faces look up about as often as down; the first is a rule of thumb for adults, not measured here.
_NOSE_DEPTH: Final = 0.52
_NOSE_DROP: Final = 0.60
_MOUTH_DROP: Final = 1.04


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles of a head, in degrees; all 0 for a face that looks straight into the camera.

    Attributes:
        yaw: -90 to 90; positive where the face looks to the right of the picture.
        pitch: -90 to 90; positive where it looks up.
        roll: -180 to 180; positive where it is turned clockwise.

    """

    yaw: float
    pitch: float
    roll: float


def head_pose(points: Landmarks) -> HeadPose:
    """Estimate the pose of a head.

    Roll is the direction of the line between the eyes, averaged with that of the line from eyes to mouth. Yaw and
    pitch follow, in the upright frame of the face, from how far the nose lies off the line of symmetry and how close
    it is to the eyes: a point that protrudes from the plane of eyes and mouth moves as the head turns. Method: Gee and
    Cipolla, "Determining the gaze of faces in images" (1994), with the proportions of an average face; accurate to
    about ten degrees for faces near frontal.
    """
    eyes, mouth = _middle(points.left_eye, points.right_eye), _middle(points.mouth_left, points.mouth_right)
    across = points.right_eye.x - points.left_eye.x, points.right_eye.y - points.left_eye.y
    down = mouth.x - eyes.x, mouth.y - eyes.y
    roll = math.atan2(across[1] - down[0], across[0] + down[1])
    cosine, sine = math.cos(roll), math.sin(roll)

    def upright(x: float, y: float) -> tuple[float, float]:
        return x * cosine + y * sine, y * cosine - x * sine

    width, height = max(upright(*across)[0], 0.0), max(upright(*down)[1], 0.0)
    nose_x, nose_y = upright(points.nose.x - eyes.x, points.nose.y - eyes.y)
    mouth_x = upright(*down)[0]
    # Distance from the line of symmetry, which runs from between the eyes to the middle of the mouth.
    offset = nose_x - mouth_x * _NOSE_DROP / _MOUTH_DROP
    yaw = math.atan2(offset, width * _NOSE_DEPTH)
    pitch = math.atan2(height * _NOSE_DROP / _MOUTH_DROP - nose_y, height * _NOSE_DEPTH / _MOUTH_DROP)
    return HeadPose(_degrees(yaw), _degrees(pitch), math.degrees(roll))


def _degrees(angle: float) -> float:
    return max(-90.0, min(90.0, math.degrees(angle)))


def _middle(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2)
