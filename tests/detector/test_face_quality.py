import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.detector.detections import Box, Landmarks, Point
from services.detector.face_quality import face_quality, sharpness
from services.detector.head_pose import head_pose
from tests.detector.photos import Pixels

# An average face: eyes 1 apart, as the pose's proportions have it; x, y and, towards the viewer, z.
FACE = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0, 0.60, 0.52], [-0.4, 1.04, 0], [0.4, 1.04, 0]])
angle = st.floats(-35, 35)
small = st.floats(-0.15, 0.15)


def _landmarks(points: NDArray[np.float64]) -> Landmarks:
    return Landmarks(*(Point(float(x), float(y)) for x, y in points))


def _seen(yaw: float, pitch: float, roll: float) -> Landmarks:
    """The average face, turned in space and seen from far away."""
    a, b, c = (math.radians(value) for value in (yaw, pitch, roll))
    turn_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    turn_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    turn_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return _landmarks(((turn_z @ turn_x @ turn_y @ FACE.T).T * 40 + 100)[:, :2])


@given(yaw=angle)
def test_yaw_is_measured(yaw: float) -> None:
    pose = head_pose(_seen(yaw, 0, 0))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, 0, 0), abs=1e-6)


@given(pitch=angle)
def test_pitch_is_measured(pitch: float) -> None:
    pose = head_pose(_seen(0, pitch, 0))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((0, pitch, 0), abs=1e-6)


@given(yaw=angle, pitch=angle)
def test_both_at_once_are_near(yaw: float, pitch: float) -> None:
    pose = head_pose(_seen(yaw, pitch, 0))
    assert (pose.yaw, pose.pitch) == pytest.approx((yaw, pitch), abs=12)


@given(jitter=st.lists(small, min_size=10, max_size=10), roll=st.floats(-80, 80))
def test_turning_the_picture_changes_the_roll_alone(jitter: list[float], roll: float) -> None:
    points = FACE[:, :2] + np.array(jitter).reshape(5, 2)
    cosine, sine = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    turned = points @ np.array([[cosine, sine], [-sine, cosine]])

    one, other = head_pose(_landmarks(points)), head_pose(_landmarks(turned * 33 + 7))

    assert (other.yaw, other.pitch) == pytest.approx((one.yaw, one.pitch), abs=1e-6)
    assert other.roll == pytest.approx(one.roll + roll, abs=1e-6)


@given(jitter=st.lists(small, min_size=10, max_size=10))
def test_a_mirror_turns_yaw_and_roll_round(jitter: list[float]) -> None:
    points = FACE[:, :2] + np.array(jitter).reshape(5, 2)
    mirrored = (points * (-1, 1))[[1, 0, 2, 4, 3]]

    one, other = head_pose(_landmarks(points)), head_pose(_landmarks(mirrored))

    assert (other.yaw, other.pitch, other.roll) == pytest.approx((-one.yaw, one.pitch, -one.roll), abs=1e-6)


@given(points=st.lists(st.floats(-1e4, 1e4), min_size=10, max_size=10))
def test_any_points_have_a_pose(points: list[float]) -> None:
    pose = head_pose(_landmarks(np.array(points).reshape(5, 2)))

    assert abs(pose.yaw) <= 90
    assert abs(pose.pitch) <= 90
    assert abs(pose.roll) <= 180


def _noise(height: int, width: int) -> Pixels:
    grey = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8), np.uint8)
    return cv2.cvtColor(cv2.resize(grey, (width, height), interpolation=cv2.INTER_CUBIC), cv2.COLOR_GRAY2RGB)  # type: ignore[return-value]


def test_blur_lowers_sharpness_and_contrast_does_not() -> None:
    face = _noise(160, 160)
    values = [sharpness(np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8)) for sigma in (0.1, 4, 8, 16)]

    assert values == sorted(values, reverse=True)
    assert values[0] > 2 * values[2]
    assert sharpness(face // 2 + 60) == pytest.approx(sharpness(face), abs=0.02)
    assert sharpness(np.full((50, 40, 3), 90, np.uint8)) == 0


def test_enlarging_a_small_face_does_not_make_it_sharp() -> None:
    face = _noise(160, 160)
    small_face = np.asarray(cv2.resize(face, (12, 12), interpolation=cv2.INTER_AREA), np.uint8)

    assert sharpness(small_face) < 0.75 * sharpness(face)


@given(left=st.floats(-60, 220), top=st.floats(-60, 220), width=st.floats(1, 120), height=st.floats(1, 120))
def test_every_measure_is_in_its_range(left: float, top: float, width: float, height: float) -> None:
    box = Box(left, top, width, height)
    if left >= 200 or top >= 200 or left + width <= 0 or top + height <= 0:
        return

    quality = face_quality(box, _seen(0, 0, 0), (200, 200), _noise(80, 80))

    outside = 1 - (min(left + width, 200) - max(left, 0)) * (min(top + height, 200) - max(top, 0)) / (width * height)
    assert quality.truncation == pytest.approx(max(outside, 0), abs=1e-9)
    assert quality.source_pixels == min(width, height)
    assert 0 <= quality.sharpness < 1
    assert 0 <= quality.score <= 1 - quality.truncation + 1e-9


def test_each_fault_lowers_the_score() -> None:
    photo, sharp_box = _noise(320, 320), Box(60, 60, 200, 200)
    best = face_quality(sharp_box, _seen(0, 0, 0), (320, 320), photo).score
    blurred = np.asarray(cv2.GaussianBlur(photo, (0, 0), 20), np.uint8)

    assert face_quality(sharp_box, _seen(0, 0, 0), (320, 320), blurred).score < best / 2
    assert face_quality(sharp_box, _seen(60, 0, 0), (320, 320), photo).score < 0.7 * best
    assert face_quality(Box(-100, 60, 200, 200), _seen(0, 0, 0), (320, 320), photo).score < 0.6 * best
    assert face_quality(Box(60, 60, 20, 20), _seen(0, 0, 0), (320, 320), photo).score < 0.6 * best
    assert face_quality(sharp_box, _seen(0, 0, 50), (320, 320), photo).score == pytest.approx(best)
