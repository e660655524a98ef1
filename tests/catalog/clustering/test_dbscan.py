"""Labels are those of scikit-learn, whatever the tiles."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN

from services.catalog.clustering import tiles
from services.catalog.clustering.dbscan import dbscan
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import cosine_distance
from tests.catalog.clustering.synthetic import galleries


@pytest.mark.parametrize("min_samples", [2, 4, 6])
@pytest.mark.parametrize(("faces", "people", "eps"), [(300, 80, 0.3), (1500, 300, 0.35), (3000, 40, 0.25)])
def test_labels_equal_scikit_learn(faces: int, people: int, eps: float, min_samples: int) -> None:
    rows = galleries(faces, people, seed=faces)
    expected = DBSCAN(eps=eps, min_samples=min_samples, metric="cosine").fit(rows).labels_
    assert expected.max() > 0
    np.testing.assert_array_equal(dbscan(rows, eps, min_samples), expected)


def test_loading_equals_a_full_run_and_has_exact_counts() -> None:
    rows = galleries(1200, 200, seed=3)
    clusters = IncrementalDbscan(0.35, 4)
    clusters.load(np.arange(800), rows[:800])
    for key in range(800, 1200, 7):
        batch = np.arange(key, min(key + 7, 1200))
        clusters.insert(batch, rows[batch])
    labels = clusters.labels()
    np.testing.assert_array_equal([labels[key] for key in range(1200)], dbscan(rows, 0.35, 4))
    clusters.remove(np.arange(0, 1200, 3))
    kept = np.flatnonzero(np.arange(1200) % 3)
    labels = clusters.labels()
    np.testing.assert_array_equal([labels[key] for key in kept.tolist()], dbscan(rows[kept], 0.35, 4))


@pytest.mark.parametrize("tile", [13, 64, 512])
def test_pairs_at_eps_do_not_depend_on_tiles(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = galleries(120, 10, seed=9)
    # Thresholds that are the distance of some pair, to the last bit of float64.
    pairs = np.random.default_rng(1).integers(0, 120, (40, 2))
    distances = cosine_distance(rows[pairs[:, 0]], rows[pairs[:, 1]])
    every = np.stack([cosine_distance(np.repeat(row[None], 120, axis=0), rows) for row in rows])
    monkeypatch.setattr(tiles, "TILE", tile)
    for eps in distances[distances > 0.05].tolist():
        for threshold in (eps, np.nextafter(eps, 0)):
            expected = DBSCAN(eps=threshold, min_samples=3, metric="precomputed").fit(np.maximum(every, 0)).labels_
            np.testing.assert_array_equal(dbscan(rows, threshold, 3), expected)


def test_nothing_gives_nothing() -> None:
    assert dbscan(np.empty((0, 512), np.float32), 0.35, 2).tolist() == []


def test_many_waiting_edges_are_settled_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE", 8)
    rows = galleries(600, 1, seed=4, spread=0.3)
    expected = DBSCAN(eps=0.1, min_samples=60, metric="cosine").fit(rows).labels_
    np.testing.assert_array_equal(dbscan(rows, 0.1, 60), expected)


def test_a_key_comes_once() -> None:
    clusters = IncrementalDbscan(0.35, 2)
    rows = galleries(2, 1)
    clusters.insert(np.array([5]), rows[:1])
    with pytest.raises(ValueError, match="twice"):
        clusters.insert(np.array([5]), rows[1:])
    with pytest.raises(ValueError, match="already"):
        clusters.load(np.array([6]), rows[1:])
    assert clusters.labels() == {5: -1}
