"""The pass over all pairs: by codes and by threads, told of and ended on the way, with scikit-learn's labels."""

import random
import threading

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.cluster import DBSCAN

from services.catalog.clustering import density, tile_product
from services.catalog.clustering.connectivity import components
from services.catalog.clustering.dbscan import dbscan
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import Indices, NeighborRule, Vectors
from services.catalog.clustering.tile_product import TileProduct
from services.catalog.clustering.tiles import Merge, Stopped, TileRow, visit
from tests.catalog.clustering.synthetic import galleries, unit


@pytest.fixture(autouse=True)
def few_vectors_are_worth_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "_MIN_ENCODED", 1024)


def scikit_learn(rows: Vectors, eps: float, min_samples: int) -> Indices:
    labels = DBSCAN(eps=eps, min_samples=min_samples, metric="cosine").fit(rows).labels_
    return np.asarray(labels, np.int64)


@pytest.mark.parametrize("runtime", ["NumKong", "the best of this machine"])
@pytest.mark.parametrize("min_samples", [2, 5])
def test_threads_codes_and_kernels_do_not_change_a_label(
    runtime: str, min_samples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if runtime == "NumKong":
        monkeypatch.setattr(tile_product, "_session", lambda: None)
    rows = galleries(2600, 400, seed=8)
    rows[100:140], rows[2000:2040] = rows[50], rows[51]
    expected = scikit_learn(rows, 0.35, min_samples)
    assert expected.max() > 100
    for threads in (1, 2, 5):
        np.testing.assert_array_equal(dbscan(rows, 0.35, min_samples, threads=threads), expected)


def test_pairs_just_within_eps_are_found_where_codes_are_all_there_is_to_tell() -> None:
    generator = np.random.default_rng(3)
    rows, other = (unit(generator.standard_normal((1500, 16))) for _ in range(2))
    aside = unit(other - (other * rows).sum(axis=1, keepdims=True) * rows)
    pairs = np.concatenate([rows, unit(0.80001 * rows + np.sqrt(1 - 0.80001**2) * aside)])
    tiles = density.tile_row(pairs, 0.2)
    assert tiles.product
    assert tiles.product.width == 16
    assert (dbscan(pairs, 0.2, 2) >= 0).all()


@pytest.mark.parametrize("least", [-(1 << 31), -5000, 0, 7, 20_000, (1 << 31) - 1])
@pytest.mark.parametrize("width", [12, 64, 512])
def test_both_kernels_find_the_pairs_that_reach_a_dot_product(
    width: int, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(width)
    codes = generator.integers(-127, 128, (83, width), np.int8)
    codes[0], codes[33], codes[34] = 127, 127, -127
    columns, rows = slice(0, 33), slice(33, 83)
    expected = codes[rows].astype(np.int64) @ codes[columns].astype(np.int64).T >= least
    np.testing.assert_array_equal(TileProduct(codes).reaching(columns, least)(rows), expected)
    monkeypatch.setattr(tile_product, "_session", lambda: None)
    np.testing.assert_array_equal(TileProduct(codes).reaching(columns, least)(rows), expected)


@pytest.mark.parametrize("threads", [1, 2])
def test_vectors_without_structure_are_encoded_whole(threads: int) -> None:
    generator = np.random.default_rng(1)
    centres = generator.standard_normal((300, 512))
    rows = centres[generator.integers(0, 300, 3000)] + 0.62 * generator.standard_normal((3000, 512))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    np.testing.assert_array_equal(dbscan(rows, 0.3, 4, threads=threads), scikit_learn(rows, 0.3, 4))


def test_everybody_alike_is_one_cluster() -> None:
    rows = np.repeat(galleries(1, 1), 3000, axis=0)
    assert set(dbscan(rows, 0.3, 3, threads=2).tolist()) == {0}


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_ends_at_all_pairs(threads: int) -> None:
    told: list[tuple[int, int]] = []
    dbscan(galleries(2500, 100), 0.3, 2, threads=threads, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (2500 * 2499 // 2, 2500 * 2499 // 2)
    assert len(told) > 1


@pytest.mark.parametrize("threads", [1, 2])
def test_a_load_that_is_called_off_leaves_nothing(threads: int) -> None:
    rows = galleries(2500, 300)

    def call_off(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    clusters = IncrementalDbscan(0.35, 2, threads=threads)
    with pytest.raises(KeyboardInterrupt):
        clusters.load(np.arange(2500), rows, progress=call_off)
    assert len(clusters) == 0
    clusters.load(np.arange(2500), rows)
    assert list(clusters.labels().values()) == dbscan(rows, 0.35, 2).tolist()


def test_threads_are_stopped_when_a_visit_is_called_off() -> None:
    stopped: list[bool] = []

    class Endless(TileRow):
        def find(self, top: int, merge: Merge, stop: threading.Event) -> int:  # noqa: ARG002
            if top:
                stopped.append(stop.wait(30))
            return 1

    def call_off(*_: int) -> None:
        raise KeyboardInterrupt

    rows = galleries(2500, 100)
    endless = Endless(rows, NeighborRule.for_distance(0.3, 512))
    with pytest.raises(KeyboardInterrupt):
        visit(endless, lambda *_: None, 2, call_off)
    assert stopped
    assert all(stopped)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        density.tile_row(rows, 0.3).find(0, lambda *_: None, stop)


@pytest.mark.parametrize("max_steps", [0, 2, 256])
def test_components_are_those_of_every_pair(max_steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.clustering.connectivity._MAX_STEPS", max_steps)
    rows = galleries(700, 60, seed=2)
    expected = density.density_graph(rows, 0.25, 1).component
    assert len(np.unique(expected)) > 60
    np.testing.assert_array_equal(components(rows, 0.25, np.array([3, 400, 699])), expected)
    together = np.flatnonzero(expected == np.bincount(expected).argmax())
    assert len(together) > 10
    found = components(rows, 0.25, together)
    assert not found[together].any() or np.array_equal(found, expected)


def test_ten_thousand_faces_come_and_go_in_batches() -> None:
    walk = random.Random(4)  # noqa: S311
    rows = galleries(10_400, 900, seed=5)
    clusters = IncrementalDbscan(0.3, 4)
    clusters.load(np.arange(10_000), rows[:10_000])
    here = set(range(10_000))
    for _ in range(60):
        if walk.random() < 0.5:
            keys = walk.sample(sorted(set(range(10_400)) - here), min(walk.randrange(1, 40), 10_400 - len(here)))
            clusters.insert(np.array(keys), rows[keys])
            here |= set(keys)
        else:
            keys = walk.sample(sorted(here), walk.randrange(1, 40))
            clusters.remove(np.array(keys))
            here -= set(keys)
    labels = clusters.labels()
    kept = sorted(here)
    # On the unit sphere the square of the Euclidean distance is twice the cosine distance, and needs less memory.
    expected = DBSCAN(eps=0.6**0.5, min_samples=4, algorithm="brute").fit(rows[kept]).labels_
    np.testing.assert_array_equal([labels[key] for key in kept], expected)
    assert expected.max() > 100


def test_a_product_that_saturates_on_processors_without_vnni_is_not_used() -> None:
    def exact(left: npt.NDArray[np.uint8], right: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
        return (left.astype(np.int32) - 128) @ right.astype(np.int32)

    def saturating(left: npt.NDArray[np.uint8], right: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
        products = left.astype(np.int32)[:, :, np.newaxis] * right.astype(np.int32)
        pairs = products[:, 0:-1:2] + products[:, 1::2]
        summed = pairs.clip(-(2**15), 2**15 - 1).sum(axis=1) + products[:, -1]
        return np.asarray(summed - 128 * right.astype(np.int32).sum(axis=0), np.int32)

    assert tile_product.is_exact(exact)
    assert not tile_product.is_exact(saturating)
