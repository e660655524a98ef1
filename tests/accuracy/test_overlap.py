import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accuracy.overlap import overlaps

SIDES = st.integers(0, 20)
BOXES = st.lists(st.tuples(SIDES, SIDES, st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=4)


def corners(boxes: list[tuple[int, int, int, int]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], np.float64)


@given(BOXES, BOXES)
def test_it_is_the_share_of_pixels_that_both_cover(
    found: list[tuple[int, int, int, int]], true: list[tuple[int, int, int, int]]
) -> None:
    def painted(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
        x, y, w, h = box
        return {(i, j) for i in range(x, x + w) for j in range(y, y + h)}

    expected = [[len(painted(a) & painted(b)) / len(painted(a) | painted(b)) for b in true] for a in found]
    assert overlaps(corners(found), corners(true)) == pytest.approx(np.array(expected))


def test_a_crowd_is_overlapped_by_the_share_of_the_found_box_inside() -> None:
    found, crowd = corners([(0, 0, 10, 10), (95, 0, 10, 10)]), corners([(0, 0, 100, 100)])
    assert overlaps(found, crowd, np.array([True])).ravel().tolist() == [1.0, 0.5]
    assert overlaps(found, crowd, np.array([False])).ravel() == pytest.approx([0.01, 50 / 10050])


def test_boxes_without_area_overlap_nothing() -> None:
    empty = np.array([[3.0, 3.0, 3.0, 3.0]])
    assert overlaps(empty, empty).item() == 0
    assert overlaps(np.empty((0, 4)), empty).shape == (0, 1)
