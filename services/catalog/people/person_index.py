"""Finds the people around a face or a group of faces, by the direction in which each person's faces lie on average."""

import sys
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.slot_map import SlotMap
from services.catalog.people.changed_people import ChangedPeople
from services.catalog.people.roster import Keys, Roster
from services.catalog.people.sums import PersonSums

_PEOPLE_AT_ONCE: Final = 1024
_NEVER: Final = sys.maxsize


class PersonIndex:
    """The directions of all people who have clear faces, brought up to date when somebody asks.

    Args:
        roster: who belongs to whom.
        sums: of the people's faces.
        clusters: the faces, whose codes are taken over once there are any.
        threads: that search at once.

    """

    def __init__(self, roster: Roster, sums: PersonSums, clusters: IncrementalDbscan, *, threads: int = 1) -> None:
        self._roster = roster
        self._sums = sums
        self._clusters = clusters
        # Exact whatever the codes are, it takes over those of the faces and never learns its own.
        self._index = NeighborIndex(clusters.index.dimensions, 1.0, threads=threads, sample=_NEVER)
        self._slots = SlotMap()
        self._person: Keys = np.empty(0, np.int64)
        self._changed = ChangedPeople(roster.people())
        self._since_mark = ChangedPeople()
        roster.followers += [self._changed, self._since_mark]

    def mark(self) -> None:
        """Begin to note who changes, see `changed`."""
        self._since_mark.take()

    def changed(self) -> list[int]:
        """Return the people who have changed since the mark, those who are gone included."""
        return self._since_mark.noted()

    def near(self, directions: Vectors, distance: float) -> list[list[int]]:
        """Return who is at most `distance` away from each of `directions`, float32 [m, d], and others, by number."""
        self._follow()
        found = self._index.near(directions, [distance] * len(directions))
        return [np.sort(self._person[slots]).tolist() for slots in found]

    def _follow(self) -> None:
        codes = self._clusters.index.projection
        if codes is not None and self._index.projection is None:
            self._index.adopt(codes)
        changed = np.array(self._changed.take(), np.int64)
        if changed.size == 0:
            return
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
