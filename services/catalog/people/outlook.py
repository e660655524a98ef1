"""What lies around new faces, and around the people whom they will most likely join: one search finds it for all.

A search reads the codes of every face, and several searches at once take hardly longer than one. So those of photos
that are stored together are made together, before the first face is there. After a face has found its person, the
people layer looks around the two together: whom most join can be told before, so that this search is made with the
first. Where it turns out otherwise, or somebody else has joined meanwhile, the people layer searches again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import NeighborRule, Vectors
from services.catalog.people.evidence import LEAST_HUBNESS, Evidence
from services.catalog.people.part import best_match
from services.catalog.people.person_index import PersonIndex
from services.catalog.people.roster import Keys, Roster, Shares
from services.catalog.people.sums import PersonSums, Sum, SumTable

# Hubness is a mean of products that are rounded otherwise for many faces than for one.
_SLACK: Final = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What lies around a part that one new face is in.

    Attributes:
        part: int64 [n], its faces, ascending.
        old: int64 [k], clear faces that may be near it, of those that were there before.
        new: int64 [m], the same of the new ones.
        people: those who may be near it, by number.

    """

    part: Keys
    old: Keys
    new: Keys
    people: list[int]

    def until(self, newest: int) -> Keys:
        """Return the clear faces that may be near, of the new ones those up to `newest`."""
        return np.concatenate([self.old, self.new[self.new <= newest]])


# By face.
Around = Mapping[int, Sequence[Surroundings]]


class Outlook:
    """Looks around new faces, all of them clear, before they are there.

    Args:
        clusters: the faces that are there.
        roster: who belongs to whom.
        sums: of the people's faces.
        directions: of the people.
        eps: how far at least is looked around each face, in cosine distance.

    """

    def __init__(
        self, clusters: IncrementalDbscan, roster: Roster, sums: PersonSums, directions: PersonIndex, eps: float
    ) -> None:
        self._clusters = clusters
        self._roster = roster
        self._sums = sums
        self._directions = directions
        self._evidence = Evidence()
        self._eps = eps

    def around(self, faces: Keys, vectors: Vectors, hubness: Shares) -> Around:
        """Return for each of `faces`, int64 [m], what lies around it, and around the person whom it may join.

        Args:
            faces: ascending ids.
            vectors: unit float32 [m, d], theirs.
            hubness: float32 [m], theirs.

        """
        if not len(faces):
            return {}
        ones = [Sum.of(vectors[at : at + 1], hubness[at : at + 1]) for at in range(len(faces))]
        people = self._people_near(ones, vectors)
        parts, sums, at_face = [faces[at : at + 1] for at in range(len(faces))], ones[:], list(range(len(faces)))
        for at, (one, near) in enumerate(zip(ones, people, strict=True)):
            person = self._likeliest(one, near)
            if person is not None:
                parts.append(np.append(self._roster.clear_faces(person), faces[at]))
                sums.append(self._sums.of_people([person])[0] + one)
                at_face.append(at)
        directions = np.concatenate([vectors, *(one.direction[np.newaxis] for one in sums[len(faces) :])])
        people += self._people_near(sums[len(faces) :], directions[len(faces) :])
        # Around a face it is for the clusters too, which know no hubness.
        alone = max(self._eps, self._evidence.reach_of_one(1, 1.0, LEAST_HUBNESS))
        reaches = [max(0.0, self._evidence.reach_of_one(*one.figures)) for one in sums[len(faces) :]]
        distances = [reach + _SLACK for reach in [*[alone] * len(faces), *reaches]]
        old = self._clusters.near(directions, distances)
        new = directions @ vectors.T >= self._possible(distances)[:, np.newaxis]
        found: dict[int, list[Surroundings]] = {face: [] for face in faces.tolist()}
        for at, part, before, among, near in zip(at_face, parts, old, new, people, strict=True):
            found[int(faces[at])].append(Surroundings(part, before, faces[among], near))
        # Whoever changes from now on may be near as well.
        self._directions.mark()
        return found

    def _people_near(self, sums: list[Sum], directions: Vectors) -> list[list[int]]:
        if not sums:
            return []
        reach = max(0.0, *(self._evidence.reach(one.count, one.square) for one in sums))
        return self._directions.near(directions, reach)

    def _likeliest(self, one: Sum, people: list[int]) -> int | None:
        """Return the person that a face has most evidence for, if it is enough."""
        if not people:
            return None
        best = best_match(one, SumTable.of(self._sums.of_people(people)), self._evidence, lambda _: False)
        return None if best is None else people[best]

    def _possible(self, distances: list[float]) -> Vectors:
        dimensions = self._clusters.index.dimensions
        return np.array([NeighborRule.for_distance(distance, dimensions).possible for distance in distances])
