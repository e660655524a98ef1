"""Brings people up to date around a change.

What happens to one face can only matter to groups that it, or its person, has evidence for. So the groups that a change
touches are pooled, taken apart into tight clusters and single faces, and agglomerated anew; whoever then turns out to
have enough evidence for one of the parts joins the pool, and the pool is agglomerated again. Evidence is never needed
from further away than the model's least similarity, so one range search finds all candidates: a stranger costs one
search and changes nothing, and no cost depends on how many people there are.
"""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.people.evidence import Evidence
from services.catalog.people.face_vectors import FaceVectors
from services.catalog.people.group import Group, face_group, face_of, is_person, person_group
from services.catalog.people.part import Part, evidence_for
from services.catalog.people.pool import Pool, heirs
from services.catalog.people.roster import NOBODY, Keys, Roster

# A pool that still grows after this many rounds is left as it is; what it misses, the next change around it finds.
MAX_ROUNDS: Final = 8
# A single face resembles nobody: it takes two to found a person.
MIN_FACES_OF_A_PERSON: Final = 2

TakeNumber = Callable[[], int]


class Gatherer:
    """Decides who belongs to whom, on a roster.

    Args:
        clusters: the tight clusters after the change.
        vectors: the faces' embeddings.
        roster: who belongs to whom; changed in place.
        evidence: decides who is whom.
        take_number: gives the number of a new person.

    """

    def __init__(
        self,
        clusters: IncrementalDbscan,
        vectors: FaceVectors,
        roster: Roster,
        evidence: Evidence,
        take_number: TakeNumber,
    ) -> None:
        self._clusters = clusters
        self._vectors = vectors
        self._roster = roster
        self._evidence = evidence
        self._take_number = take_number

    def regroup(self, groups: Iterable[Group]) -> None:
        """Bring `groups`, and whatever they have evidence for, up to date."""
        done: set[Group] = set()
        for group in groups:
            now = self._now(group)
            if now is not None and now not in done:
                done |= self._regroup(now)

    def place_blurred(self, faces: Keys) -> None:
        """Let faces that can hardly be seen join the people that they resemble; they found and change nobody."""
        for face, vector in zip(faces.tolist(), self._vectors.blurred_vectors(faces), strict=True):
            one = np.array([face])
            self._roster.move(one, NOBODY)
            part = Part.from_faces(one, self._roster, vector[np.newaxis])
            near = self._vectors.clear_within(vector, self._evidence.reach(1, 1.0))
            people = np.unique(self._roster.owners_of(near))
            self._follow(part, people[people != NOBODY].tolist())

    def _now(self, group: Group) -> Group | None:
        """Return the group that `group` belongs to by now; None if it is gone, or only a user may move it."""
        if is_person(group):
            return group if self._roster.faces(group).size else None
        face = np.array([face_of(group)])
        person = int(self._roster.owners_of(face)[0])
        if person != NOBODY:
            return person_group(person)
        movable = not self._roster.pinned(face)[0] and face_of(group) in self._clusters
        return group if movable else None

    def _regroup(self, group: Group) -> set[Group]:
        """Regroup the pool around `group`, and return the groups that it grew to."""
        pool = Pool(self._clusters, self._vectors, self._roster, self._evidence)
        pool.groups |= {group} | self._cluster_mates(group)
        # A part that is the same as in the round before attracts nobody new.
        searched: set[bytes] = set()
        parts = pool.parts()
        for _ in range(MAX_ROUNDS):
            joining: set[Group] = set()
            for part in parts:
                key = part.faces.tobytes()
                if key not in searched:
                    searched.add(key)
                    joining |= self._candidates(pool, part)
            if not joining:
                break
            pool.groups |= joining
            parts = pool.parts()
        self._assign(pool, parts)
        return pool.groups

    def _cluster_mates(self, group: Group) -> set[Group]:
        """Return the groups that share the tight cluster of a single face."""
        if is_person(group):
            return set()
        cluster = self._clusters.cluster(face_of(group))
        return self._groups_of(self._clusters.members(cluster)) if cluster >= 0 else set()

    def _candidates(self, pool: Pool, part: Part) -> set[Group]:
        """Return the group outside the pool that `part` has most evidence for, if it is enough."""
        distance = self._evidence.reach(len(part.faces), part.square)
        if distance <= 0:
            return set()
        near = self._groups_of(self._vectors.clear_within(part.direction, distance))
        groups, others = [], []
        for group in sorted(near - pool.groups):
            other = pool.part(group)
            if other is not None:
                groups.append(group)
                others.append(other)
        found = evidence_for(part, others, self._evidence)
        if not others or found.max() < self._evidence.enough:
            return set()
        return {groups[int(found.argmax())]}

    def _groups_of(self, faces: Keys) -> set[Group]:
        """Return the people of `faces`, and those of the faces that are free and may speak for themselves."""
        people = self._roster.owners_of(faces)
        free = (people == NOBODY) & ~self._roster.pinned(faces) & self._roster.is_clear(faces)
        groups = {face_group(face) for face in faces[free].tolist()}
        groups |= {person_group(int(person)) for person in np.unique(people) if person != NOBODY}
        return groups

    def _assign(self, pool: Pool, parts: list[Part]) -> None:
        """Give the parts of a pool their people, and let the blurred faces around them follow."""
        uncurated = {group for group in pool.groups if is_person(group)} - self._roster.curated
        # Before anybody moves: a person who loses all clear faces takes the blurred ones along into the search.
        blurred = self._blurred_faces_of(sorted(uncurated))
        left = set(uncurated)
        grown: list[tuple[int, Part]] = []
        for part, heir in zip(parts, heirs(parts, self._roster), strict=True):
            person = heir
            if person == NOBODY and len(part.faces) >= MIN_FACES_OF_A_PERSON:
                person = self._take_number()
            left.discard(person_group(person))
            if (self._roster.owners_of(part.faces) != person).any():
                self._roster.move(part.faces, person)
                grown.append((person, part))
        # Where no part changed and nobody is without a part, the blurred faces are where they belong.
        if grown or left:
            self.place_blurred(blurred)
        for person, part in grown:
            if person != NOBODY:
                self._invite_blurred(person, part)

    def _blurred_faces_of(self, people: list[Group]) -> Keys:
        """Return the blurred faces of people, one person after the other."""
        blurred = [np.empty(0, np.int64)]
        for person in people:
            faces = self._roster.faces(person)
            blurred.append(faces[~self._roster.is_clear(faces)])
        return np.concatenate(blurred)

    def _invite_blurred(self, person: int, part: Part) -> None:
        """Let blurred faces of nobody that lie near a person join them."""
        distance = self._evidence.reach(len(part.faces), part.square)
        if distance <= 0:
            return
        near = self._vectors.blurred_within(part.direction, distance)
        free = near[(self._roster.owners_of(near) == NOBODY) & ~self._roster.pinned(near)]
        for face, vector in zip(free.tolist(), self._vectors.blurred_vectors(free), strict=True):
            self._follow(Part.from_faces(np.array([face]), self._roster, vector[np.newaxis]), [person])

    def _follow(self, face: Part, people: list[int]) -> None:
        """Give a blurred face to the person it has most evidence for, if it is enough; its photo must not show them."""
        candidates: list[int] = []
        parts: list[Part] = []
        for person in people:
            faces = self._roster.faces(person)
            if np.isin(self._roster.images(faces), face.images).any():
                continue
            clear = faces[self._roster.is_clear(faces)]
            candidates.append(person)
            parts.append(Part.from_faces(clear, self._roster, self._vectors.clear_vectors(clear)))
        found = evidence_for(face, parts, self._evidence)
        if parts and found.max() >= self._evidence.enough:
            self._roster.move(face.faces, candidates[int(found.argmax())])
