"""Who a face belongs to, given the clusters: the rule that turns evidence into people.

A cluster is evidence and comes and goes with every image; a person is a record with an id, which users name. The rule
is told what an insertion or a removal did to the clusters, and answers which faces change person. It looks at nothing
else, so that neither restarts nor reclustering can change anybody.

Words. A person is *named* with a display name, *hidden* if users said so and gave no name; both are *stated*. A person
is *curated* as soon as a user changed name or visibility once, even if that was taken back.

Rules.
 1. A face in a cluster has a person. A new cluster is a new person; a grown cluster keeps its person.
 2. Clusters merge: their people become one: a named person before a hidden one, before a curated one, before the one
    with more faces, before the older one. A hidden person that absorbs others stays hidden.
 3. But where that would lose what a user said (two named people; a named and a hidden one) nobody is absorbed: no
    face changes person, and the cluster is *contested* from then on. Faces without a person that are in a contested
    cluster go to the person of their nearest core neighbour that has one.
 4. A cluster splits: the part with most faces of a person keeps the person (of equal parts that with the oldest
    face). The person's faces in the other parts have none for the moment: rule 1 or 3 gives them one.
 5. Noise has no person, except that a face which drops out of its cluster stays with a curated person: deleting one
    photo must not take the name from another. The same holds for a border that moves to another cluster.
 6. A person without faces is no more.

Invariants, after each change:
 a. a face in a cluster has a person;
 b. a face that is noise has none or a curated one;
 c. a person that is not curated is in one cluster only;
 d. a name never vanishes while one of the faces that bore it before the change is still there: the person, with its id,
    keeps at least one of them;
 e. no id is ever given to two people.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.changes import ClusterChanges
from services.catalog.membership import NOBODY, Membership

_NOISE = -1
Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides which person absorbs another.

    Attributes:
        number: the person's serial number; lower is older.
        named: whether there is a display name.
        hidden: whether a user hid the person.
        curated: whether a user ever changed name or visibility.
        face_count: faces before the change.

    """

    number: int
    named: bool
    hidden: bool
    curated: bool
    face_count: int

    @property
    def stated(self) -> bool:
        """Whether absorbing the person would lose what a user said."""
        return self.named or self.hidden

    @property
    def weight(self) -> tuple[bool, bool, bool, int, int]:
        """Order in which people absorb each other; the greatest remains."""
        return self.named, self.hidden, self.curated, self.face_count, -self.number


class Clusters(Protocol):
    """What the rule asks of the clusters after the change."""

    def cluster(self, key: int) -> int:
        """Return the handle of a face's cluster, -1 for noise."""

    def members(self, cluster: int) -> Keys:
        """Return the faces of a cluster, ascending."""

    def core_neighbors(self, key: int) -> tuple[Keys, npt.NDArray[np.float64]]:
        """Return the cores near a face and their distances, nearest first."""


@dataclass(frozen=True, slots=True)
class Reassignment:
    """The outcome.

    Attributes:
        membership: the person of each face after the change.
        faces: int64 [k], faces whose person changed.
        created: numbers of the new people, ascending.

    """

    membership: Membership
    faces: Keys
    created: tuple[int, ...]


class Reassigner:
    """Applies the rule to one change, on a copy of the membership.

    Args:
        clusters: the clusters after the change.
        membership: the person of each face before it, left as it is; new and removed faces have none.
        standings: looks up people by number.
        next_number: number of the next new person.

    """

    def __init__(
        self,
        clusters: Clusters,
        membership: Membership,
        standings: Callable[[Iterable[int]], Mapping[int, Standing]],
        next_number: int,
    ) -> None:
        self._clusters = clusters
        self._before = membership
        self._now = membership.copy()
        self._standings = standings
        self._next_number = next_number
        self._created: list[int] = []

    def apply(self, changes: ClusterChanges) -> Reassignment:
        """Return who changes person after `changes`."""
        touched = {int(home) for home in changes.after if home != _NOISE} | changes.merged.keys()
        for parts in changes.split.values():
            touched |= parts
            self._split(parts)
        self._drop_out(changes)
        for cluster in sorted(touched):
            members = self._clusters.members(cluster)
            people = self._people(members)
            if len(people) > 1 and self._met(cluster, members, changes):
                people = self._merge(people)
            self._fill(members, people)
        return Reassignment(self._now, self._now.difference(self._before), tuple(self._created))

    def repair(self, keys: Keys, clusters: Keys) -> Reassignment:
        """Return what must change for the invariants to hold; `keys` are all faces, `clusters` their handles."""
        people = self._now.of(keys)
        clustered = (clusters != _NOISE) & (people != NOBODY)
        numbers, homes = np.unique(np.stack([people[clustered], clusters[clustered]]), axis=1)
        found, spans = np.unique(numbers, return_counts=True)
        standings = self._standings(found[spans > 1].tolist())
        for number, standing in standings.items():
            if not standing.curated:
                self._keep_largest(number, homes[numbers == number].tolist())
        wrong = (clusters == _NOISE) != (self._now.of(keys) == NOBODY)
        return self.apply(ClusterChanges(keys[wrong], np.full(wrong.sum(), _NOISE), clusters[wrong]))

    def _people(self, members: Keys) -> list[int]:
        people = np.unique(self._now.of(members))
        return [int(person) for person in people if person != NOBODY]

    def _split(self, parts: frozenset[int]) -> None:
        people = {person for part in parts for person in self._people(self._clusters.members(part))}
        for person in people:
            self._keep_largest(person, sorted(parts))

    def _keep_largest(self, person: int, parts: list[int]) -> None:
        held = [members[self._now.of(members) == person] for members in map(self._clusters.members, parts)]
        held = [faces for faces in held if faces.size]
        kept = max(held, key=lambda faces: (len(faces), -int(faces[0])))
        for faces in held:
            if faces is not kept:
                self._now.put(faces, NOBODY)

    def _drop_out(self, changes: ClusterChanges) -> None:
        """Rule 5: faces that became noise, and borders that moved to a cluster which is no heir of theirs."""
        moved = np.array(
            [
                after == _NOISE
                or (
                    before != _NOISE
                    and before not in changes.merged.get(after, ())
                    and after not in changes.split.get(before, ())
                )
                for before, after in zip(changes.before.tolist(), changes.after.tolist(), strict=True)
            ],
            np.bool_,
        )
        faces = changes.keys[moved]
        people = self._now.of(faces)
        standings = self._standings(np.unique(people[people != NOBODY]).tolist())
        plain = [number for number, standing in standings.items() if not standing.curated]
        self._now.put(faces[np.isin(people, plain)], NOBODY)

    def _met(self, cluster: int, members: Keys, changes: ClusterChanges) -> bool:
        """Return whether people meet in `cluster` who were not together before."""
        if cluster in changes.merged:
            return True
        joined = changes.keys[(changes.after == cluster) & (changes.before == _NOISE)]
        rest = members[~np.isin(members, joined)]
        return not set(self._people(joined)) <= set(self._people(rest))

    def _merge(self, people: list[int]) -> list[int]:
        """Rules 2 and 3."""
        standings = self._standings(people)
        stated = [standing for standing in standings.values() if standing.stated]
        if len(stated) > 1 and any(standing.named for standing in stated):
            return people
        heir = max(standings.values(), key=lambda standing: standing.weight).number
        for person in people:
            if person != heir:
                self._now.absorb(person, by=heir)
        return [heir]

    def _fill(self, members: Keys, people: list[int]) -> None:
        """Rules 1 and 3: give a person to the faces of a cluster that have none."""
        waiting = members[self._now.of(members) == NOBODY]
        if waiting.size == 0:
            return
        if not people:
            people = [self._next_number]
            self._created.append(self._next_number)
            self._next_number += 1
        if len(people) == 1:
            self._now.put(waiting, people[0])
        else:
            self._follow_nearest(members, waiting)

    def _follow_nearest(self, members: Keys, waiting: Keys) -> None:
        near = {key: self._clusters.core_neighbors(key)[0] for key in waiting.tolist()}
        while near:
            found: dict[int, int] = {}
            for key, cores in near.items():
                people = self._now.of(cores)
                if (people != NOBODY).any():
                    found[key] = int(people[people != NOBODY][0])
            if not found:
                break
            self._now.put(np.array(list(found)), np.array(list(found.values()), np.int32))
            near = {key: cores for key, cores in near.items() if key not in found}
        if near:
            # Only borders of the cluster have a person: they are all as near to its cores, so the most are followed.
            people, counts = np.unique(self._now.of(members), return_counts=True)
            counts[people == NOBODY] = 0
            self._now.put(np.array(list(near)), int(people[counts.argmax()]))
