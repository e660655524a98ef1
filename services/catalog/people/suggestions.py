"""Pairs of people that may be the same, for a user to confirm or refuse."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from services.catalog.people.changed_people import ChangedPeople
from services.catalog.people.evidence import Evidence
from services.catalog.people.part import evidence_for, share_a_photo
from services.catalog.people.person_index import PersonIndex
from services.catalog.people.roster import Roster
from services.catalog.people.sums import PersonSums, SumTable

# Below this there are two chances in a hundred at most.
MIN_EVIDENCE: Final = 8.0
# The logistic curve that fits how often two groups of faces with so much evidence were one person, on the half of the
# people of LFW that the evidence was fitted on (20.6 and 3.2; on the other half too few such pairs are left).
_MIDDLE: Final = 20.5
_WIDTH: Final = 3.0
# Likely others that are kept of each person: where thousands look alike, most of their pairs would never be reached.
_KEPT: Final = 100
_PEOPLE_AT_ONCE: Final = 512
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two people that may be the same.

    Attributes:
        first: number of the person with more faces.
        second: number of the other one.
        probability: that they are the same, 0 to 1.

    """

    first: int
    second: int
    probability: float


class Suggestions:
    """The pairs of people that may be the same; only those of people who changed are weighed again when asked for.

    Args:
        roster: who belongs to whom.
        sums: of the people's faces.
        directions: of the people.
        evidence: weighs pairs.

    """

    def __init__(self, roster: Roster, sums: PersonSums, directions: PersonIndex, evidence: Evidence) -> None:
        self._roster = roster
        self._sums = sums
        self._directions = directions
        self._evidence = evidence
        self._changed = ChangedPeople(roster.people())
        roster.followers.append(self._changed)
        # The others of each person, and the evidence: every pair is there twice.
        self._others: dict[int, dict[int, float]] = {}
        self._sorted: list[tuple[float, int, int]] | None = None

    def likeliest(self, limit: int) -> list[Suggestion]:
        """Return at most `limit` pairs, the likeliest first; none that users told apart, or that one photo shows."""
        self._follow()
        if self._sorted is None:
            self._sorted = sorted(self._pairs(), key=lambda pair: (-pair[0], *pair[1:]))
        allowed = (pair for pair in self._sorted if not self._are_apart(*pair[1:]))
        return [self._suggestion(*pair) for pair in islice(allowed, limit)]

    def _pairs(self) -> Iterator[tuple[float, int, int]]:
        """Yield evidence and numbers of each pair once, the lower number first."""
        for person, others in self._others.items():
            for other, weight in others.items():
                if person < other:
                    yield weight, person, other

    def _are_apart(self, person: int, other: int) -> bool:
        return (person, other) in self._roster.apart or share_a_photo(
            self._roster.images(self._roster.faces(person)), self._roster.images(self._roster.faces(other))
        )

    def _suggestion(self, weight: float, first: int, second: int) -> Suggestion:
        if len(self._roster.clear_faces(second)) > len(self._roster.clear_faces(first)):
            first, second = second, first
        return Suggestion(first, second, float(1 / (1 + np.exp((_MIDDLE - weight) / _WIDTH))))

    def _follow(self) -> None:
        changed = self._changed.take()
        if changed:
            self._sorted = None
        for person in changed:
            for other in self._others.pop(person, {}):
                self._others.get(other, {}).pop(person, None)
        there = [person for person in changed if self._roster.clear_faces(person).size]
        for start in range(0, len(there), _PEOPLE_AT_ONCE):
            self._weigh(there[start : start + _PEOPLE_AT_ONCE])

    def _weigh(self, people: list[int]) -> None:
        """Note the others that each of `people` may be."""
        own = self._sums.of_people(people)
        reaches = [self._evidence.reach(one.count, one.square) for one in own]
        near = self._directions.near(np.stack([one.direction for one in own]), max(0.0, *reaches))
        around = sorted({other for others in near for other in others})
        sums = dict(zip(around, self._sums.of_people(around), strict=True))
        for person, one, others in zip(people, own, near, strict=True):
            candidates = [other for other in others if other != person]
            if not candidates:
                continue
            weights = evidence_for(one, SumTable.of([sums[other] for other in candidates]), self._evidence)
            for position in np.argsort(-weights, kind="stable")[:_KEPT].tolist():
                if weights[position] >= MIN_EVIDENCE:
                    # Rounded, as it differs in the last bit by who of the two is first.
                    self._note(person, candidates[position], round(float(weights[position]), _DIGITS))

    def _note(self, person: int, other: int, weight: float) -> None:
        self._others.setdefault(person, {})[other] = weight
        self._others.setdefault(other, {})[person] = weight
