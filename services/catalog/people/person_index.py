"""Finds the people around a face or a group of faces, by the direction in which each person's faces lie on average."""

import sys
from collections.abc import Collection
from typing import Final

import numpy as np

from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.slot_map import SlotMap
from services.catalog.people.roster import NOBODY, Keys, Numbers, Roster
from services.catalog.people.sums import PersonSums

_PEOPLE_AT_ONCE: Final = 1024
_NEVER: Final = sys.maxsize


class PersonIndex:
    """The directions of all people who have clear faces, brought up to date when somebody asks.

    Args:
        roster: who belongs to whom; calls `moved` and `forget`.
        sums: of the people's faces.
        dimensions: of an embedding.
        threads: that search at once.

    """

    def __init__(self, roster: Roster, sums: PersonSums, dimensions: int, *, threads: int = 1) -> None:
        self._roster = roster
        self._sums = sums
        # Exact whatever the codes are, it takes over those of the faces and never learns its own.
        self._index = NeighborIndex(dimensions, 1.0, threads=threads, sample=_NEVER)
        self._slots = SlotMap()
        self._person: Keys = np.empty(0, np.int64)
        self._changed: set[int] = set(roster.people())
        self._since_mark: set[int] = set()

    def moved(self, faces: Keys, before: Numbers, after: Numbers) -> None:
        """Follow faces from the people `before` to those `after`."""
        del faces
        self.forget(np.union1d(before, after).tolist())

    def forget(self, people: Collection[int]) -> None:
        """Look at `people` anew."""
        self._changed.update(people)
        self._since_mark.update(people)

    def mark(self) -> set[int]:
        """Return a set that all people enter who change from now on, until it is asked for the next one."""
        self._since_mark = set()
        return self._since_mark

    def near(self, directions: Vectors, distance: float, codes: Projection | None) -> list[list[int]]:
        """Return the people at most `distance` away from each of `directions`, unit float32 [m, d], by number.

        Args:
            directions: where to look.
            distance: cosine distance.
            codes: how the faces are encoded; None while there are too few of them.

        """
        self._follow(codes)
        found = self._index.neighbors(directions, distance)
        return [np.sort(self._person[slots]).tolist() for slots in found]

    def _follow(self, codes: Projection | None) -> None:
        if codes is not None and self._index.projection is None:
            self._index.adopt(codes)
        if not self._changed:
            return
        changed = np.array(sorted(self._changed - {NOBODY}), np.int64)
        self._changed.clear()
        known = changed[self._slots.find(changed) >= 0]
        self._index.remove(self._slots.slots(known))
        self._slots.remove(known)
        there = [person for person in changed.tolist() if self._roster.clear_faces(person).size]
        for start in range(0, len(there), _PEOPLE_AT_ONCE):
            self._add(there[start : start + _PEOPLE_AT_ONCE])

    def _add(self, people: list[int]) -> None:
        directions = np.stack([one.direction for one in self._sums.of_people(people)])
        slots = self._index.add(directions)
        self._person = np.pad(self._person, (0, self._index.capacity - len(self._person)))
        self._person[slots] = people
        self._slots.add(np.array(people), slots)
