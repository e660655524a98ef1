"""The invariants of people under any sequence of insertions, deletions, names and restarts."""

import random
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.catalog.clustering.changes import ClusterChanges
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.membership import NOBODY, Membership
from services.catalog.people import Reassigner, Reassignment, Standing

_STEP = 0.1
_EPS = 0.0051
_Keys = npt.NDArray[np.int64]


def _direction(position: float) -> npt.NDArray[np.float32]:
    return np.array([np.cos(position * _STEP), np.sin(position * _STEP)], np.float32)


# Mostly one step apart: chains form, bridges join them, and deletions break them.
_positions = st.one_of(st.integers(0, 14).map(float), st.integers(0, 28).map(lambda half: half / 2))


class PeopleMachine(RuleBasedStateMachine):
    @initialize(min_samples=st.integers(2, 4), first=st.lists(_positions, max_size=12, unique=True))
    def start(self, min_samples: int, first: list[float]) -> None:
        self.min_samples = min_samples
        self.clusters = IncrementalDbscan(_EPS, min_samples, dimensions=2)
        self.membership = Membership()
        self.rows: dict[int, npt.NDArray[np.float32]] = {}
        self.positions: dict[int, float] = {}
        self.merges = self.splits = 0
        self.words: dict[int, tuple[str, bool]] = {}
        self.curated: set[int] = set()
        self.next_key, self.next_number = 1, 1
        if first:
            self.insert(first)

    @rule(new=st.lists(_positions, min_size=1, max_size=3))
    def bring(self, new: list[float]) -> None:
        self.insert(new)

    def insert(self, new: list[float]) -> None:
        keys = np.arange(self.next_key, self.next_key + len(new))
        self.next_key += len(new)
        self.rows.update(zip(keys.tolist(), map(_direction, new), strict=True))
        self.positions.update(zip(keys.tolist(), new, strict=True))
        self._reassign(self.clusters.insert(keys, np.stack([self.rows[key] for key in keys.tolist()])))

    @rule(start=st.integers(0, 12), length=st.integers(2, 5))
    def bridge(self, start: int, length: int) -> None:
        self.insert([float(start + step) for step in range(length)])

    @rule(position=st.integers(0, 28))
    def cut(self, position: int) -> None:
        near = [key for key in self.rows if abs(self.positions[key] - position / 2) < 0.6]
        if near:
            self._delete(near)

    @rule(picks=st.lists(st.integers(0, 60), min_size=1, max_size=3))
    def delete(self, picks: list[int]) -> None:
        if self.rows:
            keys = sorted(self.rows)
            self._delete(sorted({keys[pick % len(keys)] for pick in picks}))

    def _delete(self, keys: list[int]) -> None:
        for key in keys:
            del self.rows[key]
        self.membership.put(np.array(keys), NOBODY)
        self._reassign(self.clusters.remove(np.array(keys)))

    @rule(pick=st.integers(0, 9), name=st.sampled_from(["", "Ann", "Bob"]), hidden=st.booleans())
    def say(self, pick: int, name: str, hidden: bool) -> None:
        if not self.words:
            return
        person = sorted(self.words)[pick % len(self.words)]
        if self.words[person] != (name, hidden):
            self.words[person] = (name, hidden)
            self.curated.add(person)

    @rule()
    def restart(self) -> None:
        reopened = IncrementalDbscan(_EPS, self.min_samples, dimensions=2)
        keys = np.array(sorted(self.rows), np.int64)
        rows = np.stack([self.rows[key] for key in keys.tolist()]) if self.rows else np.empty((0, 2), np.float32)
        reopened.load(keys, rows)
        assert reopened.labels() == self.clusters.labels()
        self.clusters = reopened
        result = self._reassigner().repair(*reopened.clusters())
        assert result.faces.tolist() == []
        assert result.created == ()

    @rule(pick=st.integers(0, 60))
    def lose_and_repair(self, pick: int) -> None:
        clustered = [key for key in sorted(self.rows) if self.clusters.cluster(key) >= 0]
        if not clustered:
            return
        lost = clustered[pick % len(clustered)]
        before = self._people()
        if list(before.values()).count(before[lost]) > 1:
            self.membership.put(np.array([lost]), NOBODY)
            self._take(self._reassigner().repair(*self.clusters.clusters()))
            assert {**self._people(), lost: before[lost]} == before

    @invariant()
    def clustered_faces_have_a_person_and_noise_only_a_curated_one(self) -> None:
        for key, person in self._people().items():
            if self.clusters.cluster(key) >= 0:
                assert person != NOBODY
            else:
                assert person == NOBODY or person in self.curated

    @invariant()
    def plain_people_are_in_one_cluster(self) -> None:
        homes: dict[int, set[int]] = {}
        for key, person in self._people().items():
            homes.setdefault(person, set()).add(self.clusters.cluster(key))
        assert all(len(homes[person]) == 1 for person in homes if person != NOBODY and person not in self.curated)

    def contested(self) -> bool:
        people: dict[int, set[int]] = {}
        for key, person in self._people().items():
            people.setdefault(self.clusters.cluster(key), set()).add(person)
        return any(len(found) > 1 for cluster, found in people.items() if cluster >= 0)

    def _people(self) -> dict[int, int]:
        keys = np.array(sorted(self.rows), np.int64)
        return dict(zip(keys.tolist(), self.membership.of(keys).tolist(), strict=True))

    def _reassigner(self) -> Reassigner:
        return Reassigner(self.clusters, self.membership, self._standings, self.next_number)

    def _standings(self, numbers: Iterable[int]) -> dict[int, Standing]:
        counts = list(self._people().values())
        return {
            number: Standing(
                number,
                named=bool(self.words[number][0]),
                hidden=self.words[number][1],
                curated=number in self.curated,
                face_count=counts.count(number),
            )
            for number in numbers
        }

    def _reassign(self, changes: ClusterChanges) -> None:
        before = self._people()
        named = {person for person, (name, _) in self.words.items() if name}
        remaining = named & set(before.values())
        untouched = {key: person for key, person in before.items() if person in named}
        split = bool(changes.split)
        self.merges += len(changes.merged)
        self.splits += len(changes.split)
        self._take(self._reassigner().apply(changes))
        after = self._people()
        assert remaining <= set(after.values()), "a name vanished while a face of it remained"
        if not split:
            assert all(after[key] == person for key, person in untouched.items()), "a named person lost a face"

    def _take(self, result: Reassignment) -> None:
        for number in result.created:
            assert number == self.next_number, "a number was given twice"
            self.next_number += 1
            self.words[number] = ("", False)
        self.membership = result.membership
        alive = set(self._people().values())
        self.words = {number: said for number, said in self.words.items() if number in alive}


PeopleMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestPeople = PeopleMachine.TestCase


@pytest.mark.parametrize("min_samples", [2, 3, 4])
def test_a_long_walk_with_many_merges_and_splits(min_samples: int) -> None:
    walk = random.Random(min_samples)  # noqa: S311
    machine = PeopleMachine()
    machine.start(min_samples, [walk.randrange(28) / 2 for _ in range(14)])
    contested = 0
    for _ in range(400):
        if walk.random() < 0.5:
            machine.bring([walk.randrange(29) / 2 for _ in range(min_samples)])
        else:
            machine.cut(walk.randrange(29))
        machine.say(walk.randrange(10), walk.choice(["", "Ann", "Bob"]), walk.random() < 0.3)
        machine.restart()
        machine.clustered_faces_have_a_person_and_noise_only_a_curated_one()
        machine.plain_people_are_in_one_cluster()
        contested += machine.contested()
    assert machine.merges > 10
    assert machine.splits > 10
    assert contested > 10
