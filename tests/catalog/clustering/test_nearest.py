"""What a search for the nearest knows on the way is never too much."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering import scan
from services.catalog.clustering.kernels import selected_dots
from services.catalog.clustering.nearest import NearestBounds
from services.catalog.clustering.scan import Scan
from services.catalog.clustering.similarity import cosine_distance
from services.catalog.clustering.whole_codes import WholeCodes
from tests.catalog.clustering.synthetic import unit


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 30), count=st.integers(1, 700), parts=st.integers(1, 4), data=st.data())
def test_a_scan_tells_what_at_least_k_products_reach(seed: int, count: int, parts: int, data: st.DataObject) -> None:
    width = data.draw(st.sampled_from([16, 200]))
    codes = np.random.default_rng(seed).integers(-127, 128, (count, width), np.int8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_SCANNED_AT_ONCE", 128)
        scanned = Scan.join([Scan.run(codes[:1], part) for part in np.array_split(codes, parts) if len(part)])
    np.testing.assert_array_equal(scanned.dots, codes.astype(np.int64) @ codes[0].astype(np.int64))
    k = data.draw(st.integers(1, min(count, 12)) | st.integers(1, count))
    assert np.count_nonzero(scanned.dots >= scanned.reached_by(k)) >= k


@pytest.mark.parametrize("rows", [[], [5], [3, 4, 5, 6], [0, 50, 99], list(range(100)), [9, 2, 4, 3]])
def test_products_with_some_rows_are_the_same_read_in_a_row_or_fetched(rows: list[int]) -> None:
    codes = np.random.default_rng(1).integers(-127, 128, (100, 24), np.int8)
    chosen = np.array(rows, np.int64)
    expected = codes[chosen].astype(np.int64) @ codes[7].astype(np.int64)
    np.testing.assert_array_equal(selected_dots(codes[7:8], codes, chosen), expected)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 30), k=st.integers(1, 60), looks=st.integers(1, 5), near=st.floats(0, 1))
def test_none_of_the_nearest_is_let_go_in_whatever_order_they_are_looked_at(
    seed: int, k: int, looks: int, near: float
) -> None:
    generator = np.random.default_rng(seed)
    rows = unit(generator.standard_normal((200, 48)) + near * 9 * generator.standard_normal(48))
    rows[50:60] = rows[40]
    bounds = NearestBounds(WholeCodes.from_vectors(rows[:1]), WholeCodes.from_vectors(rows), k)
    for part in np.array_split(generator.permutation(200), looks):
        bounds.narrow([bounds.examine(half) for half in np.array_split(np.sort(part), 2)])
    kth = np.sort(cosine_distance(rows[:1], rows))[k - 1]
    assert 1 - bounds.enough >= kth
    assert np.isin(np.flatnonzero(cosine_distance(rows[:1], rows) <= kth), bounds.nearest()).all()


def test_no_vector_is_read_twice_however_often_it_is_wanted() -> None:
    vectors = unit(np.random.default_rng(4).normal(size=(200, 32)))
    reads: list[int] = []

    def take(slots: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        reads.extend(slots.tolist())
        return vectors.take(slots, axis=0)

    bounds = NearestBounds(
        WholeCodes.from_vectors(vectors[:1]), replace(WholeCodes.from_vectors(vectors), take=take), 9
    )
    for slots in np.array_split(np.random.default_rng(5).permutation(200), 4):
        bounds.narrow([bounds.examine(slots)])
    nearest = bounds.nearest()
    np.testing.assert_array_equal(bounds.vectors_in(nearest), vectors[nearest])
    assert 9 <= len(reads) == len(set(reads))
