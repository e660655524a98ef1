"""Whatever comes and goes, in whatever batches: the clusters are those of scikit-learn over what is there."""

import random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sklearn.cluster import DBSCAN

from services.catalog.clustering.coded_vectors import SAMPLE
from services.catalog.clustering.dbscan import dbscan
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import cosine_distance
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError

Rows = npt.NDArray[np.float32]

# A circle with marks half of eps apart, half full: chains with gaps, bridges, and pairs at eps within float32 rounding.
_STEP = 0.1
EPS = float(1 - np.cos(_STEP)) + 3e-8


def _direction(position: float) -> Rows:
    return np.array([np.cos(position * _STEP), np.sin(position * _STEP), 0.0], np.float32)


def _distances(rows: Rows) -> npt.NDArray[np.float64]:
    """Every pair by the documented rule, the slow way."""
    return np.stack([cosine_distance(np.repeat(row[None], len(rows), axis=0), rows) for row in rows])


positions = st.one_of(
    st.integers(0, 16).map(float),
    st.integers(0, 32).map(lambda half: half / 2),
    st.floats(0, 16, allow_nan=False, width=32),
)


class IncrementalMachine(RuleBasedStateMachine):
    dimensions = 3
    sample = SAMPLE

    @initialize(min_samples=st.sampled_from([2, 2, 3, 4, 5]), first=st.lists(positions, max_size=16, unique=True))
    def start(self, min_samples: int, first: list[float]) -> None:
        self.min_samples = min_samples
        self.rows: dict[int, Rows] = {}
        self.positions: dict[int, float] = {}
        self.merges = self.splits = self.restored = 0
        self.dbscan = self._empty()
        self._bring(first)
        self.dbscan.load(np.array(list(self.rows), np.int64), self._matrix())
        self.photograph()
        self._remember()

    @rule(new=st.lists(positions, min_size=1, max_size=4), backwards=st.booleans())
    def come(self, new: list[float], backwards: bool) -> None:
        self.insert(new, backwards)

    def insert(self, new: list[float], backwards: bool) -> None:
        keys = self._bring(new)[:: -1 if backwards else 1]
        before, cores = self._clusters(), self.cores
        self.dbscan.insert(keys, np.stack([self.rows[key] for key in keys.tolist()]))
        after = self._clusters()
        for handle in {after[key] for key in cores}:
            self.merges += len({before[key] for key in cores if after[key] == handle}) > 1
        self._remember()

    @rule(picks=st.lists(st.integers(0, 60), min_size=1, max_size=4))
    def remove(self, picks: list[int]) -> None:
        if self.rows:
            keys = sorted(self.rows)
            self._remove(sorted({keys[pick % len(keys)] for pick in picks}, key=lambda key: key * 7919 % 101))

    def _remove(self, keys: list[int]) -> None:
        before = self._clusters()
        self.dbscan.remove(np.array(keys))
        for key in keys:
            del self.rows[key]
        after, cores = self._clusters(), self._cores()
        for handle in {before[key] for key in cores}:
            self.splits += len({after[key] for key in cores if before[key] == handle}) > 1
        self._remember()

    @rule(start=st.integers(0, 14), length=st.integers(2, 6), half=st.booleans())
    def bridge(self, start: int, length: int, half: bool) -> None:
        self.insert([start + step / (1 + half) for step in range(length)], backwards=False)

    @rule(position=st.integers(0, 32))
    def cut(self, position: int) -> None:
        near = [key for key, at in self.positions.items() if key in self.rows and abs(at - position / 2) < 0.6]
        if near:
            self._remove(near)

    @rule(pick=st.integers(0, 60), count=st.integers(1, 60))
    def undo(self, pick: int, count: int) -> None:
        if not self.rows:
            return
        keys = np.array(sorted(self.rows)[pick % len(self.rows) :][:count])
        before = self.dbscan.labels()
        self.dbscan.remove(keys)
        self.dbscan.insert(keys, np.stack([self.rows[key] for key in keys.tolist()]))
        assert self.dbscan.labels() == before
        self._remember()

    @rule()
    def photograph(self) -> None:
        self.snapshot = self.dbscan.snapshot().to_bytes()

    @rule()
    def reopen(self) -> None:
        """Restore what the last snapshot and the rows tell, or load the rows where it cannot be believed."""
        self.dbscan = self._empty()
        keys = np.array(list(self.rows), np.int64)
        try:
            self.dbscan.restore(Snapshot.from_bytes(self.snapshot), keys, self._matrix())
            self.restored += 1
        except SnapshotMismatchError:
            self.dbscan.load(keys, self._matrix())
        self._remember()

    @invariant()
    def equals_a_full_run(self) -> None:
        labels = self.dbscan.labels()
        assert labels.keys() == self.rows.keys()
        if not self.rows:
            return
        found = [labels[key] for key in self.rows]
        reference = DBSCAN(eps=EPS, min_samples=self.min_samples, metric="precomputed")
        expected = reference.fit(np.maximum(_distances(self._matrix()), 0)).labels_
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(dbscan(self._matrix(), EPS, self.min_samples), expected)

    @invariant()
    def clusters_have_the_members_that_say_so(self) -> None:
        clusters = self._clusters()
        for handle in {-1, *clusters.values()}:
            assert self.dbscan.members(handle).tolist() == [key for key, its in clusters.items() if its == handle]

    def _bring(self, new: list[float]) -> npt.NDArray[np.int64]:
        first = max(self.rows, default=-1) + 1
        keys = np.arange(first, first + len(new))
        self.rows.update(zip(keys.tolist(), map(self._direction, new), strict=True))
        self.positions.update(zip(keys.tolist(), new, strict=True))
        return keys

    def _matrix(self) -> Rows:
        return np.stack(list(self.rows.values())) if self.rows else np.empty((0, self.dimensions), np.float32)

    def _direction(self, position: float) -> Rows:
        return _direction(position)

    def _empty(self) -> IncrementalDbscan:
        return IncrementalDbscan(EPS, self.min_samples, self.dimensions, sample=self.sample)

    def _cores(self) -> set[int]:
        if not self.rows:
            return set()
        counts = (_distances(self._matrix()) <= EPS).sum(axis=1)
        return {key for key, count in zip(self.rows, counts, strict=True) if count >= self.min_samples}

    def _remember(self) -> None:
        self.cores = self._cores()

    def _clusters(self) -> dict[int, int]:
        keys, clusters = self.dbscan.clusters()
        return dict(zip(keys.tolist(), clusters.tolist(), strict=True))


class EncodedMachine(IncrementalMachine):
    """The same circle, tilted in a space that is worth encoding, and found by codes from the sixth face on."""

    dimensions = 64
    sample = 6
    _plane = np.linalg.qr(np.random.default_rng(2).standard_normal((64, 64)))[0][:2]

    def _direction(self, position: float) -> Rows:
        rows = _direction(position)[:2].astype(np.float64) @ self._plane
        return np.asarray(rows, np.float32)


EncodedMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestEncoded = pytest.mark.timeout(600)(EncodedMachine.TestCase)

IncrementalMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestIncremental = pytest.mark.timeout(600)(IncrementalMachine.TestCase)


@pytest.mark.parametrize("kind", [IncrementalMachine, EncodedMachine])
@pytest.mark.parametrize("min_samples", [2, 3, 4])
def test_a_long_walk_with_many_merges_and_splits(kind: type[IncrementalMachine], min_samples: int) -> None:
    walk = random.Random(min_samples)  # noqa: S311
    machine = kind()
    machine.start(min_samples, [walk.randrange(32) / 2 for _ in range(16)])
    for _ in range(400):
        if walk.random() < 0.5:
            machine.insert([walk.randrange(33) / 2 for _ in range(min_samples)], backwards=False)
        else:
            machine.cut(walk.randrange(33))
        if walk.random() < 0.2:
            machine.reopen()
            machine.photograph()
        machine.equals_a_full_run()
        machine.clusters_have_the_members_that_say_so()
    assert machine.merges > 10
    assert machine.splits > 10
    assert machine.restored > 3
