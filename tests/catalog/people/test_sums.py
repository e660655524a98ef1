"""Sums of embeddings that do not depend on how they came about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.people.sums import Sum
from tests.catalog.clustering.synthetic import galleries

_FACES = galleries(60, 8, seed=4)
_HUBNESS = np.linspace(-0.05, 0.3, 60, dtype=np.float32)


def _sum(rows: list[int]) -> Sum:
    return Sum.of(_FACES[rows], _HUBNESS[rows])


@given(st.permutations(range(60)), st.integers(1, 59))
def test_what_was_added_and_taken_leaves_no_trace(order: list[int], kept: int) -> None:
    total = _sum(order[:1])
    for row in order[1:]:
        total += _sum([row])
    for row in order[kept:]:
        total -= _sum([row])
    expected = _sum(sorted(order[:kept]))
    assert np.array_equal(total.total, expected.total)
    assert total.figures == expected.figures


def test_it_is_the_sum() -> None:
    total = _sum(list(range(60)))
    assert np.abs(total.total - _FACES.sum(axis=0, dtype=np.float64)).max() < 60 * 2.0**-33
    assert total.count == 60
    assert abs(total.hubness - float(_HUBNESS.sum(dtype=np.float64))) < 60 * 2.0**-33
    assert np.linalg.norm(total.direction) == pytest.approx(1)
