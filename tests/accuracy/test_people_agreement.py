from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accuracy.people.agreement import Agreement, agreement, mean

LABELS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), min_size=1, max_size=14)


def alike(labels: list[int], one: int, other: int) -> bool:
    return one == other or (labels[one] >= 0 and labels[one] == labels[other])


def by_hand(found: list[int], true: list[int]) -> Agreement:
    """The definitions, pair by pair and face by face."""
    faces = range(len(found))
    put = {pair for pair in combinations(faces, 2) if alike(found, *pair)}
    own = {pair for pair in combinations(faces, 2) if alike(true, *pair)}
    precision = len(put & own) / len(put) if put else 1.0
    recall = len(put & own) / len(own) if own else 1.0
    precisions, recalls = [], []
    for face in faces:
        cluster = {other for other in faces if alike(found, face, other)}
        person = {other for other in faces if alike(true, face, other)}
        precisions.append(len(cluster & person) / len(cluster))
        recalls.append(len(cluster & person) / len(person))
    bcubed = sum(precisions) / len(found), sum(recalls) / len(found)
    return Agreement(precision, recall, f(precision, recall), *bcubed, f(*bcubed))


def f(precision: float, recall: float) -> float:
    return 2 / (1 / precision + 1 / recall) if precision and recall else 0.0


@given(LABELS)
def test_it_is_what_counting_pairs_and_faces_gives(labels: list[tuple[int, int]]) -> None:
    found, true = [one for one, _ in labels], [one for _, one in labels]
    measured, expected = agreement(np.array(found), np.array(true)), by_hand(found, true)
    for name in Agreement.__slots__:
        assert getattr(measured, name) == pytest.approx(getattr(expected, name)), name


def test_a_known_example() -> None:
    measured = agreement(np.array([0, 0, 0, 1, 1, -1]), np.array([7, 7, 8, 8, 8, 8]))
    assert measured.precision == pytest.approx(2 / 4)
    assert measured.recall == pytest.approx(2 / 7)
    assert measured.bcubed_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert measured.bcubed_recall == pytest.approx((1 + 1 + 1 / 4 + 1 / 2 + 1 / 2 + 1 / 4) / 6)


def test_nobody_is_a_cluster_of_one_each() -> None:
    measured = agreement(np.full(4, -1), np.array([0, 0, 1, 1]))
    assert (measured.precision, measured.recall, measured.f) == (1, 0, 0)
    assert (measured.bcubed_precision, measured.bcubed_recall) == (1, 0.5)


def test_the_mean_of_f_is_not_the_f_of_the_means() -> None:
    one, other = Agreement(1, 0, 0, 1, 1, 1), Agreement(0, 1, 0, 0, 0, 0)
    assert mean([one, other]) == Agreement(0.5, 0.5, 0, 0.5, 0.5, 0.5)
