import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.detector.suppression import MAX_CANDIDATES, suppress

Candidate = tuple[int, int, int, int, int, int]

side = st.integers(1, 30)
corner = st.integers(0, 30)
candidates = st.lists(st.tuples(corner, corner, side, side, st.integers(0, 20), st.integers(0, 2)), max_size=40)


def _arrays(
    items: list[Candidate],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    table = np.array(items, np.float32).reshape(-1, 6)
    boxes = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], 1)
    return boxes, (table[:, 4] / 20).astype(np.float32), table[:, 5].astype(np.int64)


def _overlap(one: Candidate, other: Candidate) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (one[2] * one[3] + other[2] * other[3] - width * height)


def _reference(items: list[Candidate], max_iou: float, limit: int) -> list[int]:
    kept: list[int] = []
    for index in sorted(range(len(items)), key=lambda i: (-items[i][4], i)):
        rivals = [items[other] for other in kept if items[other][5] == items[index][5]]
        if all(_overlap(items[index], rival) <= max_iou for rival in rivals):
            kept.append(index)
    return kept[:limit]


# Thresholds that no overlap of two boxes with these sides meets exactly, so that rounding can't decide.
@given(items=candidates, max_iou=st.sampled_from([0.0, 0.30001, 0.50001, 0.9]), limit=st.integers(1, 50))
def test_keeps_what_the_plain_definition_keeps(items: list[Candidate], max_iou: float, limit: int) -> None:
    boxes, scores, classes = _arrays(items)

    kept = suppress(boxes, scores, classes, max_iou=max_iou, limit=limit)

    assert kept.tolist() == _reference(items, max_iou, limit)


def test_only_the_best_take_part() -> None:
    count = MAX_CANDIDATES + 100
    boxes = np.arange(count, dtype=np.float32)[:, None] * 2 + np.array([0, 0, 1, 1], np.float32)
    scores = np.linspace(0, 1, count, dtype=np.float32)

    kept = suppress(boxes, scores, np.zeros(count, np.int64), max_iou=0.5, limit=count)

    assert kept.tolist() == list(range(count - 1, 99, -1))
