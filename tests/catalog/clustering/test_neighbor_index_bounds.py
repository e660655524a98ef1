"""What codes say about similarities holds for every pair, close to the limit and far from the sample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering.kernels import PackedCodes
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.whole_codes import WholeCodes
from tests.catalog.clustering.synthetic import unit


def vectors(seed: int, count: int, dimensions: int, decay: float, sparse: int) -> Vectors:
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((count, dimensions)) * np.arange(1, dimensions + 1) ** -decay
    rows[: count // 4, sparse:] = 0
    rows[count // 4 : count // 2] = rows[0] + 0.01 * rows[count // 4 : count // 2]
    rows[count // 2] = -rows[0]
    return unit(rows)


shapes = st.tuples(
    st.integers(0, 1 << 30), st.sampled_from([4, 64, 96]), st.floats(0, 2), st.floats(0, 2), st.integers(1, 4)
)


@settings(max_examples=60, deadline=None)
@given(shape=shapes, similarity=st.floats(-1, 1))
def test_no_pair_is_more_similar_than_its_short_codes_allow(
    shape: tuple[int, int, float, float, int], similarity: float
) -> None:
    seed, dimensions, learned, seen, sparse = shape
    projection = Projection.fit(vectors(seed, 80, dimensions, learned, sparse), similarity)
    rows = vectors(seed + 1, 40, dimensions, seen, sparse)
    encoded = projection.encode(rows)
    dots = PackedCodes(encoded.codes).dots(encoded.codes)
    similar = rows.astype(np.float64) @ rows.T.astype(np.float64)
    for dot, exact in zip(dots.ravel().tolist(), similar.ravel().tolist(), strict=True):
        assert dot >= projection.least_dot(exact, encoded.error, encoded.error)


@pytest.mark.parametrize("decay", [0.8, 1.5])
def test_short_codes_of_faces_are_short_and_tell_strangers_apart(decay: float) -> None:
    rows = vectors(1, 1000, 512, decay, 512)
    projection = Projection.fit(rows, 0.7)
    assert projection.width <= 256
    encoded = projection.encode(rows)
    assert encoded.codes.shape == (1000, projection.width)
    possible = PackedCodes(encoded.codes).dots(encoded.codes) >= projection.least_dot(0.7, encoded.error, encoded.error)
    similar = rows @ rows.T >= 0.7
    assert not (similar & ~possible).any()
    assert (possible & ~similar).mean() < 0.1


@settings(max_examples=60, deadline=None)
@given(shape=shapes)
def test_whole_codes_are_off_by_no_more_than_they_say(shape: tuple[int, int, float, float, int]) -> None:
    seed, dimensions, decay, _, sparse = shape
    rows = vectors(seed, 40, dimensions, decay, sparse)
    whole = WholeCodes.from_vectors(rows)
    left, right = (part.ravel() for part in np.indices((40, 40)))
    similar, doubt = whole.similarities(left, whole, right)
    exact = (rows[left].astype(np.float64) * rows[right]).sum(axis=1)
    assert (np.abs(similar - exact) <= doubt).all()
    assert doubt.max() < 0.1
