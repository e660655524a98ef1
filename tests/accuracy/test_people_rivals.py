import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import cluster

from accuracy.people.agreement import agreement
from accuracy.people.chinese_whispers import chinese_whispers
from accuracy.people.distances import Distances
from accuracy.people.hdbscan import hdbscan, joined
from accuracy.people.linkage import average_linkage, dbscan
from accuracy.people.pictopy import merged, pictopy
from accuracy.people.rivals import RIVALS
from tests.accuracy.people_examples import crowd

THRESHOLDS = (0.2, 0.4, 0.6, 0.8)


def same(found: NDArray[np.int64], wanted: NDArray[np.int64]) -> bool:
    figures = agreement(np.asarray(found, np.int64), np.asarray(wanted, np.int64))
    return min(figures.bcubed_precision, figures.bcubed_recall) > 1 - 1e-9


@pytest.fixture(scope="module")
def distances() -> Distances:
    return Distances(crowd(15, 4, strangers=20, spread=0.85, seed=3).embeddings)


def test_a_cut_of_single_linkage_is_dbscan(distances: Distances) -> None:
    sizes = set()
    for threshold, labels in zip(THRESHOLDS, dbscan(distances, [(one,) for one in THRESHOLDS]), strict=True):
        reference = cluster.DBSCAN(eps=threshold, min_samples=2, metric="precomputed").fit_predict(distances.square)
        assert same(labels, reference)
        sizes.add(len(set(labels.tolist())))
    assert len(sizes) > 2


def test_average_linkage_is_that_of_scikit_learn(distances: Distances) -> None:
    for threshold, labels in zip(THRESHOLDS, average_linkage(distances, [(one,) for one in THRESHOLDS]), strict=True):
        model = cluster.AgglomerativeClustering(
            None, metric="precomputed", linkage="average", distance_threshold=threshold
        )
        assert same(labels, model.fit_predict(distances.square))


def test_pictopy_merges_clusters_with_similar_means_once() -> None:
    def at(angle: float) -> list[float]:
        return [np.cos(angle), np.sin(angle)]

    embeddings = np.array([at(0), at(0), at(0.5), at(0.5), at(1.0), at(1.0), at(0)])
    labels = np.array([4, 4, 2, 2, 9, 9, 7])
    apart, chained = merged(labels, embeddings, [0.99, np.cos(0.6)])
    assert apart.tolist()[:6] == [0, 0, 1, 1, 2, 2]
    # The middle cluster belongs to the first, so it cannot take in the last one.
    assert same(chained[:6], np.array([0, 0, 0, 0, 1, 1]))
    assert apart[6] == chained[6] == -1
    # Between two clusters that it is similar to, the one in the middle belongs to the first.
    (between,) = merged(np.array([4, 4, 2, 2, 9, 9]), embeddings[[0, 1, 4, 5, 2, 3]], [np.cos(0.6)])
    assert same(between, np.array([0, 0, 1, 1, 0, 0]))


def test_pictopy_without_merging_is_dbscan(distances: Distances) -> None:
    for labels, wanted in zip(
        pictopy(distances, [(1.1, one) for one in THRESHOLDS]),
        dbscan(distances, [(one,) for one in THRESHOLDS]),
        strict=True,
    ):
        assert same(labels, wanted)


def test_chinese_whispers_cuts_the_bridge_between_two_groups() -> None:
    square = np.ones((9, 9))
    square[:4, :4] = square[4:8, 4:8] = 0.1
    square[3, 4] = square[4, 3] = 0.3
    np.fill_diagonal(square, 0)
    bridged = Distances(np.eye(9))
    bridged.__dict__["square"] = square
    tight, wide = chinese_whispers(bridged, [(0.35,), (1.0,)])
    assert same(tight, np.array([0, 0, 0, 0, 1, 1, 1, 1, -1]))
    assert same(wide, np.zeros(9, np.int64))
    assert not same(next(dbscan(bridged, [(0.35,)])), tight)


def test_joined_clusters_are_the_larger_of_nested_ones() -> None:
    first = np.array([0, 0, 1, 1, 2, 2, 2, -1, -1])
    second = np.array([0, 0, 0, 0, 1, 1, -1, 0, -1])
    assert same(joined(first, second), np.array([0, 0, 0, 0, 1, 1, 1, 0, -1]))
    assert joined(first, second)[8] == -1
    assert same(joined(np.full(3, -1), np.array([0, 0, -1])), np.array([0, 0, -1]))


def test_an_epsilon_of_hdbscan_keeps_near_faces_together() -> None:
    faces = crowd(6, 6, strangers=4, spread=0.4)
    distances = Distances(faces.embeddings)
    within = max(distances.square[faces.people == person][:, faces.people == person].max() for person in range(6))
    for leaf in (0.0, 1.0):
        free, held = hdbscan(distances, [(leaf, 2, 1, 0.0), (leaf, 2, 1, within)])
        for person in range(6):
            assert len(set(held[faces.people == person].tolist())) == 1
        assert len(set(held.tolist())) <= len(set(free.tolist()))
    assert not same(free, held)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_every_rival_finds_people_who_are_easy_to_tell_apart(rival: object) -> None:
    (one,) = (candidate for candidate in RIVALS if candidate is rival)
    faces = crowd(10, 4, spread=0.3)
    figures = [agreement(labels, faces.people) for labels in one.cluster(Distances(faces.embeddings), one.settings)]
    assert len(figures) == len(one.settings)
    assert all(len(setting) == len(one.knobs) for setting in one.settings)
    assert max(figure.f for figure in figures) == 1
