"""Finds the people around a face or a group of faces, by the direction in which each person's faces lie on average."""

import sys
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.slot_map import NO_SLOT, SlotMap
from services.catalog.people.changed_people import ChangedPeople
from services.catalog.people.evidence import Evidence, Floats, Groups
from services.catalog.people.roster import Keys, Roster
from services.catalog.people.sums import PersonSums, Sum

_PEOPLE_AT_ONCE: Final = 1024
_NEVER: Final = sys.maxsize
# More than float32 rounds a scalar product of two directions.
_ROUNDING: Final = 1e-5


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
        # By slot: count, square and hubness of the sum.
        self._figures: Floats = np.empty((0, 3))
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

    def worth_adding_up(self, one: Sum, people: list[int], evidence: Evidence) -> list[int]:
        """Return those of `people` who may have enough evidence for being one with a group, ascending as they are.

        To add up faces takes them all; where people lie, and how many faces they have, is known without.
        """
        slots = self._slots.find(np.array(people, np.int64))
        # Of whom nothing is known, or not as of now, faces are added up.
        may = (slots == NO_SLOT) | np.array([person in self._changed for person in people], np.bool_)
        known = np.flatnonzero(~may)
        if known.size:
            similar = self._index.vectors(slots[known]) @ one.direction + _ROUNDING
            groups, others = Groups(*np.array([one.figures]).T), Groups(*self._figures[slots[known]].T)
            may[known] = evidence.may_be_enough(similar.astype(np.float64), groups, others)
        return [person for person, seems in zip(people, may.tolist(), strict=True) if seems]

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
        sums = self._sums.of_people(people)
        slots = self._index.add(np.stack([one.direction for one in sums]))
        more = self._index.capacity - len(self._person)
        self._person, self._figures = np.pad(self._person, (0, more)), np.pad(self._figures, ((0, more), (0, 0)))
        self._figures[slots] = [one.figures for one in sums]
        self._person[slots] = people
        self._slots.add(np.array(people), slots)
