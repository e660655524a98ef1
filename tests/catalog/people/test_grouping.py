"""What only shows when faces are put together by hand."""

import itertools

import numpy as np
import pytest

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.people.correction import Correction
from services.catalog.people.faces import Faces
from services.catalog.people.grouping import Grouping
from tests.catalog.clustering.synthetic import Embeddings, unit
from tests.catalog.people.likenesses import Likenesses
from tests.catalog.people.memory_transaction import MemoryTransaction

NOBODY = 0


class People:
    """A grouping that is told one face a photo."""

    def __init__(self) -> None:
        empty = np.empty(0, np.int64)
        none = Faces(empty, empty, np.empty((0, 512), np.float32), np.empty(0), np.empty(0, np.float32))
        self.grouping = Grouping(ClusteringParameters(), none)
        self.keys = itertools.count(1)
        self.numbers = itertools.count(1)

    def add(self, *embeddings: Embeddings) -> list[int]:
        """Add photos; return their faces."""
        keys = []
        for embedding in embeddings:
            keys.append(next(self.keys))
            key = np.array(keys[-1:])
            face = Faces(key, key, embedding[np.newaxis], np.ones(1), np.ones(1, np.float32))
            self.grouping.insert(face, MemoryTransaction(), self.take)
        return keys

    def state(self, keys: list[int], person: int) -> None:
        """Say whose faces these are."""
        self.correct(Correction(dict.fromkeys(keys, person), curated=frozenset({person} - {NOBODY})))

    def correct(self, correction: Correction) -> None:
        self.grouping.correct(correction, MemoryTransaction(), self.take)

    def take(self) -> int:
        return next(self.numbers)

    def of(self, keys: list[int]) -> list[int]:
        return self.grouping.people_of(keys)


@pytest.fixture
def two() -> tuple[People, list[int], list[int], Embeddings]:
    """Two people whom a user told apart, of three faces each, and a face in the tight clusters of both."""
    likenesses, people = Likenesses(), People()
    one, other = likenesses.face((0, 0.8)), likenesses.face((0, 0.8))
    ones, others = people.add(one, one, one), people.add(other, other, other)
    people.state(ones, people.take())
    people.state(others, people.take())
    return people, ones, others, unit(one.astype(np.float64) + other)


def test_a_face_between_two_who_were_told_apart_joins_one_of_them(
    two: tuple[People, list[int], list[int], Embeddings],
) -> None:
    people, ones, others, between = two
    (first,), (second,) = set(people.of(ones)), set(people.of(others))
    for _ in range(5):
        (key,) = people.add(between)
        assert people.of([key])[0] in {first, second}
    assert (set(people.of(ones)), set(people.of(others))) == ({first}, {second})


def test_what_is_pinned_to_nobody_stays_with_nobody(two: tuple[People, list[int], list[int], Embeddings]) -> None:
    people, _, _, between = two
    keys = people.add(between)
    people.state(keys, NOBODY)
    people.add(between, between)
    result = people.grouping.regroup(people.grouping.groups(), MemoryTransaction(), people.take)
    assert result.faces.size == 0
    assert people.of(keys) == [NOBODY]


def test_a_large_person_grows_without_being_taken_apart() -> None:
    likenesses, people = Likenesses(), People()
    keys = people.add(*(likenesses.of(0) for _ in range(110)))
    (person,) = set(people.of(keys))
    assert person != NOBODY
    young = people.add(*(likenesses.face((0, 0.7), (1, 0.5)) for _ in range(3)))
    assert set(people.of(young)) == {person}


def test_suggestions_leave_out_who_was_told_apart() -> None:
    likenesses, people = Likenesses(), People()
    ones = people.add(*(likenesses.of(0) for _ in range(3)))
    others = people.add(*(likenesses.face((0, 0.55), (1, 0.65)) for _ in range(3)))
    strangers = people.add(*(likenesses.of(5) for _ in range(3)))
    first, second, third = (set(people.of(keys)).pop() for keys in (ones, others, strangers))
    assert len({first, second, third}) == 3
    (pair,) = people.grouping.suggestions(9)
    assert {pair.first, pair.second} == {first, second}
    assert 0 < pair.probability < 1
    told_apart = Correction(apart=frozenset({(first, second)}))
    transaction = MemoryTransaction()
    people.grouping.correct(told_apart, transaction, people.take)
    assert people.grouping.suggestions(9) == []
    transaction.roll_back()
    assert people.grouping.suggestions(9) == [pair]
    people.correct(told_apart)
    assert people.grouping.suggestions(9) == []
