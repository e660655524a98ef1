import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve

from accuracy.precision_recall import PrecisionRecall

RANKINGS = st.lists(st.booleans(), min_size=1, max_size=40).filter(any)


def curve(ranking: list[bool], positives: int) -> PrecisionRecall:
    return PrecisionRecall(-np.arange(len(ranking), dtype=np.float64), np.array(ranking), positives)


@given(RANKINGS)
def test_the_area_is_that_under_the_envelope_of_sklearns_curve(ranking: list[bool]) -> None:
    precision, recall, _ = precision_recall_curve(ranking, -np.arange(len(ranking)))
    order = np.argsort(recall, kind="stable")
    envelope = [precision[recall >= least].max() for least in recall[order][1:]]
    expected = (np.diff(recall[order]) * envelope).sum()
    assert curve(ranking, sum(ranking)).area() == pytest.approx(expected)


@given(RANKINGS, st.integers(0, 5))
def test_the_sampled_area_follows_its_definition(ranking: list[bool], missed: int) -> None:
    positives = sum(ranking) + missed
    hits = np.cumsum(ranking)
    precision = hits / np.arange(1, len(ranking) + 1)
    samples = [
        max((p for p, h in zip(precision, hits, strict=True) if h / positives >= recall), default=0.0)
        for recall in np.linspace(0, 1, 101)
    ]
    assert curve(ranking, positives).sampled_area() == pytest.approx(np.mean(samples))


def test_one_hit_one_miss_one_hit() -> None:
    one = curve([True, False, True], 2)
    assert one.area() == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    # 51 samples, recalls 0 to 0.5, at precision 1, the other 50 at 2/3.
    assert one.sampled_area() == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_scores_decide_the_order() -> None:
    scores, correct = np.array([0.1, 0.9]), np.array([True, False])
    assert PrecisionRecall(scores, correct, 1).area() == 0.5


def test_finding_nothing_is_worth_nothing() -> None:
    nothing = PrecisionRecall(np.empty(0), np.empty(0, np.bool_), 3)
    assert nothing.area() == nothing.sampled_area() == 0


def test_there_must_be_something_to_find() -> None:
    with pytest.raises(ValueError, match="something to find"):
        PrecisionRecall(np.empty(0), np.empty(0, np.bool_), 0)
