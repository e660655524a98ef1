"""Brings people up to date around a change.

What happens to one face can only matter to groups that it, or its person, has evidence for. So the groups that a change
touches are pooled, taken apart into tight clusters and single faces, and agglomerated anew; whoever then turns out to
have enough evidence for one of the parts joins the pool, and the pool is agglomerated again. Evidence is never needed
from further away than the model's least similarity, so two range searches find all candidates: one among the
directions of people, one among single faces. For new faces both are made before, for several at once, see `outlook`;
the latter is also the search by which they are clustered, so that a stranger costs little more, and changes nothing.
What the candidates add up to is kept, see `sums`, so that they are weighed in one matrix product, and only those that
weigh enough are looked at in full.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import Vectors
from services.catalog.people.evidence import Evidence
from services.catalog.people.face_vectors import FaceVectors
from services.catalog.people.group import Group, face_group, face_of, is_person, person_group
from services.catalog.people.outlook import Surroundings
from services.catalog.people.part import Part, best_match, share_a_photo
from services.catalog.people.person_index import PersonIndex
from services.catalog.people.pool import Pool, heirs
from services.catalog.people.roster import NOBODY, Keys, Roster
from services.catalog.people.sums import PersonSums, Sum, SumTable

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
        sums: of the people's faces.
        directions: of the people.
        evidence: decides who is whom.
        take_number: gives the number of a new person.

    """

    def __init__(
        self,
        clusters: IncrementalDbscan,
        vectors: FaceVectors,
        roster: Roster,
        sums: PersonSums,
        directions: PersonIndex,
        evidence: Evidence,
        take_number: TakeNumber,
    ) -> None:
        self._clusters = clusters
        self._vectors = vectors
        self._roster = roster
        self._sums = sums
        self._directions = directions
        self._evidence = evidence
        self._take_number = take_number
        # The clear faces around a part, by its faces: those of searches that were made for many at once.
        self._around: dict[bytes, Keys] = {}
        # The people around it likewise, as they were then.
        self._people: dict[bytes, list[int]] = {}

    def know(self, found: Iterable[Surroundings], newest: int) -> None:
        """Take over what lies around parts, where `newest` is the last face that is there."""
        for one in found:
            key = one.part.tobytes()
            self._around[key], self._people[key] = one.until(newest), one.people

    def look_around(self, groups: Iterable[Group]) -> None:
        """Search around all of `groups` at once, which is much quicker than around each when its turn comes.

        They may have been named a while ago: a face may belong to somebody by now, or be gone.
        """
        pool = Pool(self._clusters, self._roster, self._sums, self._evidence)
        now = dict.fromkeys(map(self._now, groups))
        parts = [part for group in now if group is not None and (part := pool.part(group)) is not None]
        if not parts:
            return
        keys = [part.faces.tobytes() for part in parts]
        directions = np.stack([part.sum.direction for part in parts])
        alone = max(0.0, *(self._evidence.reach_of_one(*part.sum.figures) for part in parts))
        self._around = dict(zip(keys, self._vectors.clear_around(directions, alone), strict=True))
        widest = max(0.0, *(self._evidence.reach(part.sum.count, part.sum.square) for part in parts))
        self._people = dict(zip(keys, self._directions.near(directions, widest), strict=True))
        self._directions.mark()

    def regroup(self, groups: Iterable[Group]) -> None:
        """Bring `groups`, and whatever they have evidence for, up to date."""
        done: set[Group] = set()
        for group in groups:
            now = self._now(group)
            if now is not None and now not in done:
                done |= self._regroup(now)

    def invite(self, person: int) -> None:
        """Let the groups around a person join, however many, if any have enough evidence now."""
        self.regroup([person_group(person)])
        pool = Pool(self._clusters, self._roster, self._sums, self._evidence)
        part = pool.part(person_group(person))
        if part is None:
            return
        around = [face_group(face) for face in self._alone_around(part).tolist()]
        self.look_around(around)
        self.regroup(around)
        self._invite_blurred(person, part)

    def place_blurred(self, faces: Keys) -> None:
        """Let faces that can hardly be seen join the people that they resemble; they found and change nobody."""
        if not len(faces):
            return
        for face, vector in zip(faces.tolist(), self._vectors.blurred_vectors(faces), strict=True):
            self._roster.move(np.array([face]), NOBODY)
            self._follow(face, vector, self._people_near(vector, self._evidence.reach(1, 1.0)))

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
        pool = Pool(self._clusters, self._roster, self._sums, self._evidence)
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
        people, alone = self._people_around(part), self._alone_around(part)
        pooled = [face_of(group) for group in pool.groups if not is_person(group)]
        # In the order of groups: the newest face first, then people by number.
        alone = np.setdiff1d(alone, pooled)[::-1]
        people = self._directions.worth_adding_up(part.sum, sorted(set(people) - pool.groups), self._evidence)
        if not len(alone) + len(people):
            return set()

        def group(position: int) -> Group:
            faces = len(alone)
            return face_group(int(alone[position])) if position < faces else person_group(people[position - faces])

        def bars(position: int) -> bool:
            other = pool.part(group(position))
            return other is None or part.bars(other)

        sums = self._sums.of_each(alone).followed_by(self._sums.of_people(people))
        best = best_match(part.sum, sums, self._evidence, bars)
        return set() if best is None else {group(best)}

    def _people_around(self, part: Part) -> list[int]:
        """Return the people that `part` may have enough evidence for, and others."""
        near = self._people.get(part.faces.tobytes())
        if near is not None:
            # Whoever has changed since may be near now, or gone.
            people = sorted({*near, *self._directions.changed()})
            return [person for person in people if self._roster.clear_faces(person).size]
        return self._people_near(part.sum.direction, self._evidence.reach(part.sum.count, part.sum.square))

    def _people_near(self, direction: Vectors, reach: float) -> list[int]:
        if reach <= 0:
            return []
        (people,) = self._directions.near(direction[np.newaxis], reach)
        return people

    def _alone_around(self, part: Part) -> Keys:
        """Return the free faces that `part` may have enough evidence for."""
        reach = self._evidence.reach_of_one(*part.sum.figures)
        if reach <= 0:
            return np.empty(0, np.int64)
        near = self._around.get(part.faces.tobytes())
        if near is None:
            (near,) = self._vectors.clear_around(part.sum.direction[np.newaxis], reach)
        _, alone = self._owners_of(near)
        return alone

    def _groups_of(self, faces: Keys) -> set[Group]:
        """Return the people of clear `faces`, and those of the faces that are free."""
        people, alone = self._owners_of(faces)
        return {*map(person_group, people), *map(face_group, alone.tolist())}

    def _owners_of(self, faces: Keys) -> tuple[list[int], Keys]:
        """Return the people of clear `faces`, and those faces that are nobody's and that no user put there."""
        owners = self._roster.owners_of(faces)
        alone = faces[owners == NOBODY]
        return np.unique(owners[owners != NOBODY]).tolist(), alone[~self._roster.pinned(alone)]

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
        reach = self._evidence.reach_of_one(*part.sum.figures)
        if reach <= 0:
            return
        _, free = self._owners_of(self._vectors.blurred_around(part.sum.direction, reach))
        for face, vector in zip(free.tolist(), self._vectors.blurred_vectors(free), strict=True):
            self._follow(face, vector, [person])

    def _follow(self, face: int, vector: Vectors, people: Sequence[int]) -> None:
        """Give a blurred face to the person it has most evidence for, if it is enough.

        Its photo must not show them, nor be from before they were born.
        """
        faces = np.array([face])
        clear = [person for person in people if self._roster.clear_faces(person).size]

        def bars(position: int) -> bool:
            person = clear[position]
            if self._roster.too_early(faces, np.array([person], np.int32))[0]:
                return True
            return share_a_photo(self._roster.images(faces), self._roster.images(self._roster.faces(person)))

        if not clear:
            return
        one = Sum.of(vector[np.newaxis], self._roster.hubness(faces))
        best = best_match(one, SumTable.of(self._sums.of_people(clear)), self._evidence, bars)
        if best is not None:
            self._roster.move(faces, clear[best])
