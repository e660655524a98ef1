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
from services.catalog.people.part import Part, evidence_for
from services.catalog.people.pool import Pool, heirs
from services.catalog.people.roster import NOBODY, Keys, Roster

# A pool that still grows after this many rounds is left as it is; what it misses, the next change around it finds.
_MOST_ROUNDS: Final = 8
_FEW: Final = 2

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

    def settle(self, groups: Iterable[int]) -> None:
        """Bring `groups`, as `Pool` names them, and whatever they touch up to date."""
        done: set[int] = set()
        for group in groups:
            now = self._now(group)
            if now is not None and now not in done:
                done |= self._settle(now)

    def settle_blurred(self, faces: Keys) -> None:
        """Let faces that can hardly be seen join the people that they resemble; they found and change nobody."""
        for face, vector in zip(faces.tolist(), self._vectors.blurred(faces), strict=True):
            self._roster.move(np.array([face]), NOBODY)
            one = np.array([face])
            part = Part.of(one, self._roster, vector[np.newaxis])
            near = self._vectors.clear_within(vector, self._evidence.reach(1, 1.0))
            people = [int(person) for person in np.unique(self._roster.of(near)) if person != NOBODY]
            self._follow(part, people)

    def _now(self, group: int) -> int | None:
        """Return the group that `group` belongs to by now; None if there is none, or nothing but a user moves it."""
        if group > 0:
            return group if self._roster.faces(group).size else None
        one = np.array([~group])
        person = int(self._roster.of(one)[0])
        if person != NOBODY:
            return person
        return None if self._roster.pinned(one)[0] or ~group not in self._clusters else group

    def _settle(self, group: int) -> set[int]:
        pool = Pool(self._clusters, self._vectors, self._roster, self._evidence)
        pool.groups |= {group} | self._beside(group)
        searched: set[bytes] = set()
        parts = pool.parts()
        for _ in range(_MOST_ROUNDS):
            joining: set[int] = set()
            for part in parts:
                if (key := part.faces.tobytes()) not in searched:
                    searched.add(key)
                    joining |= self._candidates(pool, part)
            if not joining:
                break
            pool.groups |= joining
            parts = pool.parts()
        self._take_over(pool, parts)
        return pool.groups

    def _beside(self, group: int) -> set[int]:
        """Return the groups that share the tight cluster of a single face."""
        if group > 0:
            return set()
        cluster = self._clusters.cluster(~group)
        return self._groups_of(self._clusters.members(cluster)) if cluster >= 0 else set()

    def _candidates(self, pool: Pool, part: Part) -> set[int]:
        """Return the groups outside the pool that `part` has enough evidence for: the best, or all equally good."""
        distance = self._evidence.reach(len(part.faces), part.square)
        if distance <= 0:
            return set()
        groups = sorted(self._groups_of(self._vectors.clear_within(part.direction, distance)) - pool.groups)
        others = [(group, other) for group in groups if (other := pool.part(group)) is not None]
        found = evidence_for(part, [other for _, other in others], self._evidence)
        if not others or found.max() < self._evidence.enough:
            return set()
        return {others[int(found.argmax())][0]}

    def _groups_of(self, faces: Keys) -> set[int]:
        people = self._roster.of(faces)
        alone = faces[(people == NOBODY) & ~self._roster.pinned(faces) & self._roster.clear(faces)]
        return {int(person) for person in np.unique(people) if person != NOBODY} | {~face for face in alone.tolist()}

    def _take_over(self, pool: Pool, parts: list[Part]) -> None:
        """Give the parts of a pool their people, and let the blurred faces around them follow."""
        plain = {group for group in pool.groups if group > 0} - self._roster.curated
        blurred = [faces[~self._roster.clear(faces)] for faces in map(self._roster.faces, sorted(plain))]
        grown = []
        for part, heir in zip(parts, heirs(parts, self._roster), strict=True):
            person = heir
            if person == NOBODY and len(part.faces) >= _FEW:
                person = self._take_number()
            plain.discard(person)
            if (self._roster.of(part.faces) != person).any():
                self._roster.move(part.faces, person)
                grown.append((person, part))
        if grown or plain:
            self.settle_blurred(np.concatenate([np.empty(0, np.int64), *blurred]))
        for person, part in grown:
            if person != NOBODY:
                self._invite(person, part)

    def _invite(self, person: int, part: Part) -> None:
        """Let blurred faces of nobody that lie near a person join them."""
        distance = self._evidence.reach(len(part.faces), part.square)
        if distance <= 0:
            return
        near = self._vectors.blurred_within(part.direction, distance)
        free = near[(self._roster.of(near) == NOBODY) & ~self._roster.pinned(near)]
        for face, vector in zip(free.tolist(), self._vectors.blurred(free), strict=True):
            one = np.array([face])
            self._follow(Part.of(one, self._roster, vector[np.newaxis]), [person])

    def _follow(self, face: Part, people: list[int]) -> None:
        """Give a blurred face to the person it has most evidence for, if it is enough; its photo must not show them."""
        parts = []
        for person in people:
            faces = self._roster.faces(person)
            clear = faces[self._roster.clear(faces)]
            if not np.isin(self._roster.images(faces), face.images).any():
                parts.append((person, Part.of(clear, self._roster, self._vectors.clear(clear))))
        found = evidence_for(face, [part for _, part in parts], self._evidence)
        if parts and found.max() >= self._evidence.enough:
            self._roster.move(face.faces, parts[int(found.argmax())][0])
