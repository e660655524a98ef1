from pathlib import Path

import numpy as np
import pytest

from accuracy.coco import ObjectPhoto
from accuracy.detections import Detections
from accuracy.object_precision import object_precision

Box = tuple[float, float, float, float]
A: Box = (0, 0, 100, 100)
B: Box = (200, 0, 300, 100)
# Overlaps A by 0.8, so it is right at the first seven of the ten overlaps.
MOSTLY_A: Box = (0, 0, 100, 80)


def photo(*objects: tuple[Box, int], crowd: tuple[bool, ...] = ()) -> ObjectPhoto:
    boxes = np.array([box for box, _ in objects], np.float64).reshape(-1, 4)
    classes = np.array([index for _, index in objects], np.int64)
    return ObjectPhoto(Path("a.jpg"), 640, 480, boxes, classes, np.array(crowd or (False,) * len(objects), np.bool_))


def found(*objects: tuple[Box, float, int]) -> Detections:
    boxes, scores, classes = zip(*objects, strict=True) if objects else ((), (), ())
    return Detections.from_arrays(boxes, scores, classes)


def test_exact_boxes_are_worth_everything() -> None:
    result = object_precision([photo((A, 0), (B, 1))], [found((A, 0.9, 0), (B, 0.8, 1))])
    assert (result.mean, result.at_half) == (1, 1)


def test_a_loose_box_counts_at_the_overlaps_that_it_reaches() -> None:
    result = object_precision([photo((A, 0))], [found((MOSTLY_A, 0.9, 0))])
    assert result.at_half == 1
    assert result.mean == pytest.approx(0.7)


def test_one_of_two_found_reaches_51_of_101_recalls() -> None:
    assert object_precision([photo((A, 0), (B, 0))], [found((A, 0.9, 0))]).mean == pytest.approx(51 / 101)


def test_classes_count_alike_and_only_if_they_occur() -> None:
    result = object_precision([photo((A, 0), (B, 1))], [found((A, 0.9, 0), (B, 0.9, 7))])
    assert result.mean == 0.5


def test_a_class_that_only_crowds_have_is_not_asked_for() -> None:
    marked = photo((A, 0), (B, 1), crowd=(False, True))
    assert object_precision([marked], [found((A, 0.9, 0))]).mean == 1


def test_an_object_found_twice_is_found_once() -> None:
    result = object_precision([photo((A, 0), (B, 0))], [found((A, 0.9, 0), (A, 0.85, 0), (B, 0.8, 0))])
    assert result.mean == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_photos_are_ranked_together() -> None:
    photos = [photo((A, 0)), photo((A, 0))]
    result = object_precision(photos, [found((A, 0.9, 0)), found((B, 0.8, 0), (A, 0.7, 0))])
    assert result.at_half == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_the_better_detection_takes_the_object_even_if_it_lies_worse() -> None:
    result = object_precision([photo((A, 0))], [found((MOSTLY_A, 0.9, 0), (A, 0.8, 0))])
    # The second is a duplicate up to an overlap of 0.8 and the only hit, at rank two, above.
    assert result.mean == pytest.approx((7 * 1 + 3 * 0.5) / 10)


def test_each_takes_the_object_that_it_overlaps_most() -> None:
    beside: Box = (0, 10, 100, 110)
    result = object_precision([photo((A, 0), (beside, 0))], [found((A, 0.9, 0), (beside, 0.8, 0))])
    assert result.mean == 1


def test_what_lies_in_a_crowd_is_left_out() -> None:
    crowd: Box = (300, 200, 600, 400)
    inside, outside = (310.0, 210.0, 330.0, 230.0), (0.0, 300.0, 20.0, 320.0)
    marked = photo((A, 0), (crowd, 0), crowd=(False, True))
    assert object_precision([marked], [found((inside, 0.95, 0), (inside, 0.94, 0), (A, 0.9, 0))]).mean == 1
    assert object_precision([marked], [found((outside, 0.95, 0), (A, 0.9, 0))]).mean == pytest.approx(0.5)


def test_a_hundred_of_a_class_count_in_a_photo() -> None:
    noise = [((float(x), 300.0, x + 3.0, 303.0), 0.9, 0) for x in range(0, 600, 6)]
    assert object_precision([photo((A, 0))], [found(*noise[:99], (A, 0.5, 0))]).mean == pytest.approx(0.01)
    assert object_precision([photo((A, 0))], [found(*noise, (A, 0.5, 0))]).mean == 0
