from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from accuracy.coco import ObjectPhoto
from accuracy.detections import Detections
from accuracy.tags import TagScore, tag_score

CLASSES = st.lists(st.integers(0, 5), max_size=6)


def photo(classes: list[int]) -> ObjectPhoto:
    count = len(classes)
    return ObjectPhoto(
        Path("a.jpg"), 9, 9, np.zeros((count, 4)), np.array(classes, np.int64), np.zeros(count, np.bool_)
    )


def found(classes: list[int]) -> Detections:
    return Detections.from_arrays(np.zeros((len(classes), 4)), np.ones(len(classes)), classes)


@given(st.lists(st.tuples(CLASSES, CLASSES), min_size=1, max_size=6))
def test_it_equals_sklearns_micro_average(photos: list[tuple[list[int], list[int]]]) -> None:
    score = tag_score([photo(true) for true, _ in photos], [found(given) for _, given in photos])
    binarizer = MultiLabelBinarizer(classes=range(6))
    true, tags = (binarizer.fit_transform(each) for each in zip(*photos, strict=True))
    expected = precision_recall_fscore_support(true, tags, average="micro", zero_division=0)[:3]
    assert (score.precision, score.recall, score.f1) == pytest.approx(expected)


def test_a_class_is_one_tag_however_often_it_is_seen() -> None:
    assert tag_score([photo([1, 1, 2])], [found([1, 1, 3])]) == TagScore(correct=1, given=2, true=2)
