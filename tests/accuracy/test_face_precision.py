from pathlib import Path

import numpy as np
import pytest

from accuracy.detections import Detections
from accuracy.face_precision import average_precision
from accuracy.wider import FacePhoto, Subset

FIRST, SECOND, TINY = (0, 0, 100, 100), (200, 0, 300, 100), (400, 0, 410, 10)
ELSEWHERE = (0, 500, 50, 550)


def photo() -> FacePhoto:
    boxes = np.array([FIRST, SECOND, TINY], np.float64)
    return FacePhoto(Path("a.jpg"), 600, 600, boxes, {Subset.EASY: np.array([True, True, False])})


def precision(*found: tuple[tuple[int, int, int, int], float]) -> float:
    detections = Detections.from_arrays([box for box, _ in found], [score for _, score in found])
    return average_precision([photo()], [detections], Subset.EASY)


def test_all_found_and_nothing_else() -> None:
    assert precision((FIRST, 0.9), (SECOND, 0.8)) == 1


def test_one_missed() -> None:
    assert precision((FIRST, 0.9)) == 0.5


def test_a_false_alarm_costs_by_its_rank() -> None:
    assert precision((FIRST, 0.9), (SECOND, 0.8), (ELSEWHERE, 0.1)) == 1
    assert precision((ELSEWHERE, 0.95), (FIRST, 0.9), (SECOND, 0.8)) == pytest.approx(2 / 3)


def test_a_face_outside_of_the_subset_neither_helps_nor_harms() -> None:
    assert precision((TINY, 0.99), (FIRST, 0.9), (SECOND, 0.8)) == 1


def test_a_face_found_twice_is_found_once() -> None:
    assert precision((FIRST, 0.95), (FIRST, 0.9), (SECOND, 0.8)) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_half_an_overlap_is_needed() -> None:
    assert precision(((0, 0, 100, 50), 0.9)) == 0.5
    assert precision(((0, 0, 100, 49), 0.9)) == 0


def test_photos_are_ranked_together() -> None:
    empty = FacePhoto(Path("b.jpg"), 600, 600, np.empty((0, 4)), {Subset.EASY: np.empty(0, np.bool_)})
    found = [Detections.from_arrays([FIRST, SECOND], [0.9, 0.7]), Detections.from_arrays([ELSEWHERE], [0.8])]
    assert average_precision([photo(), empty], found, Subset.EASY) == pytest.approx(0.5 + 0.5 * 2 / 3)
