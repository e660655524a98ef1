import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from accuracy.verification import best_threshold, roc_area, true_accept_rate, verify

# Few values, so that ties are common.
PAIRS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=50).filter(
    lambda pairs: len({same for _, same in pairs}) == 2
)


def arrays(
    pairs: list[tuple[int, bool]],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    distances, same = zip(*pairs, strict=True)
    return np.array(distances, np.float64) / 8, np.array(same)


@given(PAIRS)
def test_the_area_equals_sklearns(pairs: list[tuple[int, bool]]) -> None:
    distances, same = arrays(pairs)
    assert roc_area(distances, same) == pytest.approx(roc_auc_score(same, -distances))


@given(PAIRS, st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]))
def test_true_accepts_equal_the_best_point_of_sklearns_curve(pairs: list[tuple[int, bool]], rate: float) -> None:
    distances, same = arrays(pairs)
    false_accepts, true_accepts, _ = roc_curve(same, -distances, drop_intermediate=False)
    assert true_accept_rate(distances, same, rate) == pytest.approx(true_accepts[false_accepts <= rate + 1e-9].max())


@given(PAIRS)
def test_no_threshold_judges_more_pairs_right(pairs: list[tuple[int, bool]]) -> None:
    distances, same = arrays(pairs)
    right = ((distances < best_threshold(distances, same)) == same).sum()
    assert all(((distances < threshold) == same).sum() <= right for threshold in np.arange(-1, 30) / 16)


def test_a_fold_is_judged_by_the_threshold_of_the_others() -> None:
    distances = np.array([0.1, 0.9, 0.1, 0.9, 0.6, 0.9])
    result = verify(distances, np.array([True, False] * 3), np.array([0, 0, 1, 1, 2, 2]))
    # The last fold's same pair is beyond 0.5, the others' best threshold, but not beyond 0.75, which it would choose.
    assert list(result.fold_accuracies) == [1, 1, 0.5]
    assert result.accuracy == pytest.approx(5 / 6)
    assert result.deviation == pytest.approx(np.std([1, 1, 0.5]))
    assert result.threshold == pytest.approx((0.75 + 0.75 + 0.5) / 3)


def test_a_missing_face_is_wrong_in_every_figure() -> None:
    near, far = [0.1] * 9, [1.0] * 9
    distances = np.array([*near, np.inf, *far, -np.inf])
    same = np.arange(20) < 10
    folds = np.arange(20) % 2
    result = verify(distances, same, folds)
    assert result.accuracy == pytest.approx(18 / 20)
    assert result.area == pytest.approx(0.9 * 0.9)
    assert result.true_accepts == 0
    assert np.isfinite(result.threshold)


def test_one_false_accept_in_a_thousand_is_allowed() -> None:
    distances = np.concatenate([np.full(10, 0.5), [0.4], np.full(999, 1.0)])
    same = np.arange(1010) < 10
    assert true_accept_rate(distances, same) == 1
    assert true_accept_rate(distances[:-1], same[:-1]) == 0


def test_a_threshold_is_finite_even_if_faces_are_missing() -> None:
    same = np.array([True, True, False])
    assert 0.5 < best_threshold(np.array([0.5, np.inf, -np.inf]), same) < np.inf
    assert best_threshold(np.array([np.inf, np.inf, -np.inf]), same) == 0
