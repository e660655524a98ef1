"""What large runs are held against is itself right on small ones."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN

from benchmarks.clustering import all_pairs
from tests.catalog.clustering.synthetic import galleries


@pytest.mark.parametrize("eps", [0.01, 0.3, 0.45])
def test_labels_of_all_pairs_are_those_of_scikit_learn(eps: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_pairs, "_ROWS_AT_ONCE", 90)
    rows = galleries(400, 60)
    expected = DBSCAN(eps=eps, min_samples=2, metric="cosine").fit(rows.astype(np.float64)).labels_
    labels, margin = all_pairs.labels_of_pairs(rows, eps)
    np.testing.assert_array_equal(labels, expected)
    every = 1 - rows.astype(np.float64) @ rows.astype(np.float64).T
    assert margin == pytest.approx(np.abs(every - eps).min(), abs=1e-12)
