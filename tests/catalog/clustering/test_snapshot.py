"""A snapshot restores the state that a full load finds, whatever happened since, or says that it cannot."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import Indices
from services.catalog.clustering.snapshot import MAGIC, Snapshot, SnapshotMismatchError, _digest
from tests.catalog.clustering.synthetic import galleries

FACES = galleries(1000, 60, seed=6)
KEYS = np.arange(1000) * 3


def clustering(count: int = 800) -> IncrementalDbscan:
    clusters = IncrementalDbscan(0.3, 4, sample=256)
    clusters.load(KEYS[:count], FACES[:count])
    return clusters


SNAPSHOT = clustering().snapshot().to_bytes()


def restored(data: bytes, positions: Indices) -> IncrementalDbscan:
    clusters = IncrementalDbscan(0.3, 4, sample=256)
    clusters.restore(Snapshot.from_bytes(data), KEYS[positions], FACES[positions])
    return clusters


def loaded(positions: Indices) -> IncrementalDbscan:
    clusters = IncrementalDbscan(0.3, 4, sample=256)
    clusters.load(KEYS[positions], FACES[positions])
    return clusters


def assert_alike(one: IncrementalDbscan, two: IncrementalDbscan) -> None:
    assert one.labels() == two.labels()
    mine, its = one.snapshot(), two.snapshot()
    for name in ("keys", "digests", "counts", "cores"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(its, name))
    np.testing.assert_array_equal(np.sort(mine.nearby), np.sort(its.nearby))


def test_what_has_not_changed_is_restored() -> None:
    assert_alike(restored(SNAPSHOT, np.arange(800)), clustering())


@settings(max_examples=12, deadline=None)
@given(new=st.sets(st.integers(800, 999), max_size=12), after=st.sets(st.integers(0, 799), min_size=1, max_size=40))
def test_faces_that_came_since_are_allowed_for(new: set[int], after: set[int]) -> None:
    positions = np.array(sorted(set(range(800)) | new))
    clusters = restored(SNAPSHOT, positions)
    assert_alike(clusters, loaded(positions))
    clusters.remove(KEYS[sorted(after)])
    assert_alike(clusters, loaded(np.setdiff1d(positions, sorted(after))))


@pytest.mark.parametrize("gone", [0, 399, 799])
def test_a_face_that_is_gone_is_noticed(gone: int) -> None:
    with pytest.raises(SnapshotMismatchError, match="gone"):
        restored(SNAPSHOT, np.delete(np.arange(1000), gone))


def test_rows_in_another_order_are_restored() -> None:
    positions = np.random.default_rng(1).permutation(810)
    assert restored(SNAPSHOT, positions).labels() == loaded(np.arange(810)).labels()


@pytest.mark.parametrize("at", [0, 7, 8, 30, 45, 5000, -30, -1])
def test_a_damaged_byte_is_noticed(at: int) -> None:
    damaged = bytearray(SNAPSHOT)
    damaged[at] ^= 1
    with pytest.raises(SnapshotMismatchError):
        Snapshot.from_bytes(bytes(damaged))


@pytest.mark.parametrize("length", [0, 5, 40, 4000])
def test_a_part_of_a_snapshot_is_noticed(length: int) -> None:
    with pytest.raises(SnapshotMismatchError):
        Snapshot.from_bytes(SNAPSHOT[:length])


def test_a_snapshot_without_an_array_is_noticed() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, keys=KEYS)
    payload = buffer.getvalue()
    with pytest.raises(SnapshotMismatchError, match="cannot be read"):
        Snapshot.from_bytes(MAGIC + _digest(payload) + payload)


@pytest.mark.parametrize(("eps", "min_samples", "dimensions"), [(0.31, 4, 512), (0.3, 3, 512), (0.3, 4, 256)])
def test_other_parameters_are_noticed(eps: float, min_samples: int, dimensions: int) -> None:
    clusters = IncrementalDbscan(eps, min_samples, dimensions)
    with pytest.raises(SnapshotMismatchError, match="eps, min_samples and dimensions"):
        clusters.restore(Snapshot.from_bytes(SNAPSHOT), KEYS[:800], FACES[:800, :dimensions])
    assert len(clusters) == 0


def test_another_embedding_of_a_face_is_noticed_and_nothing_is_loaded() -> None:
    faces = FACES[:800].copy()
    faces[500, 3] = np.nextafter(faces[500, 3], np.float32(1))
    clusters = IncrementalDbscan(0.3, 4)
    with pytest.raises(SnapshotMismatchError, match="other embeddings"):
        clusters.restore(Snapshot.from_bytes(SNAPSHOT), KEYS[:800], faces)
    assert len(clusters) == 0
    clusters.load(KEYS[:800], faces)
    assert len(clusters) == 800


def test_when_very_many_came_it_says_so() -> None:
    few = clustering(100).snapshot().to_bytes()
    with pytest.raises(SnapshotMismatchError, match="900 faces came"):
        restored(few, np.arange(1000))


def test_only_an_empty_clustering_is_restored() -> None:
    with pytest.raises(ValueError, match="already"):
        clustering(10).restore(Snapshot.from_bytes(SNAPSHOT), KEYS[:800], FACES[:800])


def test_nobody_is_restored() -> None:
    empty = IncrementalDbscan(0.3, 4).snapshot().to_bytes()
    clusters = restored(empty, np.arange(0))
    assert clusters.labels() == {}
    assert_alike(restored(empty, np.arange(20)), loaded(np.arange(20)))
