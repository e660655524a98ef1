"""Search by codes finds what a comparison of everything in float64 finds, to the last bit and whatever the data."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from services.catalog.clustering import nearest_search, neighbor_index, scan
from services.catalog.clustering.matches import Bounded
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Indices, Mask, Vectors, cosine_distance
from tests.catalog.clustering.synthetic import unit

_Distances = npt.NDArray[np.float64]
DIMENSIONS = 64


def faces(count: int, decay: float, seed: int) -> Vectors:
    """Vectors with a spectrum that falls with `decay`, one in four a near-duplicate and a few exact ones."""
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((count, DIMENSIONS)) * np.arange(1, DIMENSIONS + 1) ** -decay
    rows[1::4] = rows[::4][: len(rows[1::4])] + 0.1 * rows[1::4]
    rows[6::50] = rows[5::50][: len(rows[6::50])]
    return unit(rows)


def distances_to(query: Vectors, rows: Vectors) -> _Distances:
    return cosine_distance(np.repeat(query[None], len(rows), axis=0), rows)


def first(distances: _Distances, slots: Indices, k: int) -> Indices:
    return slots[np.lexsort((slots, distances[slots]))][:k]


def expect_bounds(found: Bounded, distances: _Distances, live: Mask) -> None:
    """Expect that bounds are right, and not looser than codes make them."""
    assert live[found.slots].all()
    assert (found.nearest <= distances[found.slots]).all()
    assert (distances[found.slots] <= found.farthest).all()
    assert (found.farthest - found.nearest <= 0.2).all()
    others = live.copy()
    others[found.slots] = False
    assert (distances[others] >= found.reach).all()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("decay", [0.0, 0.6, 1.8])
def test_every_search_equals_brute_force_while_vectors_come_and_go(
    decay: float, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbor_index, "_MIN_DOTS_PER_THREAD", 250)
    for bound in ("_MIN_ROWS_PER_THREAD", "_MIN_EXAMINED_PER_THREAD"):
        monkeypatch.setattr(nearest_search, bound, 250)
    monkeypatch.setattr(scan, "_SCANNED_AT_ONCE", 500)
    generator = np.random.default_rng(7)
    rows = faces(3000, decay, 1)
    index = NeighborIndex(DIMENSIONS, 0.3, threads=threads, sample=256)
    held = np.zeros((4000, DIMENSIONS), np.float32)
    live = np.zeros(4000, np.bool_)
    for start in range(0, 3000, 300):
        batch = rows[start : start + 300]
        slots = index.add(batch)
        assert not live[slots].any()
        held[slots], live[slots] = batch, True
        gone = generator.choice(np.flatnonzero(live), 90, replace=False)
        index.remove(gone)
        live[gone] = False
        assert len(index) == live.sum()
        queries = np.concatenate([rows[start : start + 5], faces(3, decay, start)])
        every = [distances_to(query, held) for query in queries]
        for distances, found in zip(every, index.neighbors(queries), strict=True):
            np.testing.assert_array_equal(found, np.flatnonzero(live & (distances <= 0.3)))
        for radius in (0.0, 0.15, 0.6, 1.1, 2.0):
            for distances, found in zip(every, index.neighbors(queries, radius), strict=True):
                np.testing.assert_array_equal(found, np.flatnonzero(live & (distances <= radius)))
            reached = [radius, *[0.3] * 3, *[radius] * (len(queries) - 4)]
            for at, (distances, found) in enumerate(zip(every, index.near(queries, reached), strict=True)):
                assert set(np.flatnonzero(live & (distances <= reached[at]))) <= set(found)
                assert live[found].all()
                assert not (distances[found] > reached[at] + 0.2).any()
        for k in (1, 7, 50, 5000):
            for distances, matches in zip(every, index.nearest(queries, k), strict=True):
                expected = first(distances, np.flatnonzero(live), k)
                np.testing.assert_array_equal(matches.slots, expected)
                np.testing.assert_array_equal(matches.distances, distances[expected])
            for query, distances, bounded in zip(queries, every, index.bounded(queries, k), strict=True):
                expect_bounds(bounded, distances, live)
                assert set(first(distances, np.flatnonzero(live), k)) <= set(bounded.slots)
                expect_bounds(replace(index.bounds_of(query, bounded.slots), reach=0.0), distances, live)
    assert index.projection is not None
    assert (index.projection.width < DIMENSIONS) == (decay > 1)
    assert 0 < index.candidates < index.compared


def test_thresholds_that_are_the_distance_of_a_pair_are_met_to_the_last_bit() -> None:
    rows = faces(600, 1.8, 3)
    index = NeighborIndex(DIMENSIONS, 0.3, sample=256)
    index.add(rows)
    for query in rows[::40]:
        distances = distances_to(query, rows)
        for radius in np.sort(distances)[[10, 50, 200, 400]].tolist():
            for threshold in (radius, float(np.nextafter(radius, 0))):
                (found,) = index.neighbors(query[None], threshold)
                np.testing.assert_array_equal(found, np.flatnonzero(distances <= threshold))


def test_of_equally_near_vectors_the_lower_slots_are_returned() -> None:
    index = NeighborIndex(DIMENSIONS, 0.3, sample=64)
    index.add(np.repeat(faces(2, 1.2, 4), 100, axis=0))
    query = index.vectors(np.array([150]))
    np.testing.assert_array_equal(index.nearest(query, 7)[0].slots, np.arange(100, 107))


def test_vectors_unlike_those_that_the_codes_were_learned_from_are_found() -> None:
    index = NeighborIndex(DIMENSIONS, 0.3, sample=256)
    rows = faces(600, 1.8, 5)
    index.add(rows)
    assert index.projection is not None
    # Straight along the basis, straight off it, and all over the place: clipped, all remainder, and neither.
    strange = np.concatenate([
        index.projection.basis.T, unit(np.eye(DIMENSIONS)[::-1]), faces(100, 0.0, 6), -rows[:50],
    ])  # fmt: skip
    index.add(strange)
    index.add(faces(1, 1.8, 9))
    index.remove(np.array([len(rows) + len(strange)]))
    everything = np.concatenate([rows, strange])
    for query, found in zip(strange, index.neighbors(strange), strict=True):
        np.testing.assert_array_equal(found, np.flatnonzero(distances_to(query, everything) <= 0.3))
    for query, matches in zip(strange, index.nearest(strange, 9), strict=True):
        expected = first(distances_to(query, everything), np.arange(len(everything)), 9)
        np.testing.assert_array_equal(matches.slots, expected)


def test_an_empty_index_finds_nothing() -> None:
    index = NeighborIndex(DIMENSIONS, 0.3)
    query = faces(1, 1.0, 0)
    assert index.neighbors(query)[0].tolist() == []
    assert index.nearest(query, 3)[0].slots.tolist() == []
    index.remove(index.add(query))
    assert index.neighbors(query, 2.0)[0].tolist() == []
    assert index.nearest(query, 3)[0].slots.tolist() == []
