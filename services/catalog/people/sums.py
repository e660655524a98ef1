"""What the evidence looks at in groups of faces: sums of embeddings, exact whatever the order they are added in.

Embeddings are rounded to multiples of 2 ** -32 first, a twentieth of what float32 resolves at their usual size. Sums of
up to two million of them then fit into a float64 without rounding, so that a sum from which faces were taken equals
one that they never were in, to the last bit, and no decision depends on how a group came about.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Vectors
from services.catalog.people.evidence import Floats, Groups
from services.catalog.people.face_vectors import FaceVectors
from services.catalog.people.roster import NOBODY, Keys, Numbers, Roster

_STEP: Final = 2.0**-32
# Sums of people with at least so many faces are always kept, as they take long to add up; of others, so many sums.
_MIN_LARGE: Final = 33
_MAX_SMALL: Final = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """What some faces add up to.

    Attributes:
        count: how many they are.
        total: float64 [d], sum of their embeddings.
        hubness: sum of their hubness.

    """

    count: int
    total: Floats
    hubness: float

    @classmethod
    def of(cls, vectors: Vectors, hubness: npt.NDArray[np.float32]) -> "Sum":
        """Return the sum of faces, given their embeddings, float32 [n, d], and the hubness of each."""
        return cls(len(vectors), exact(vectors).sum(axis=0), float(exact(hubness).sum()))

    def __add__(self, other: "Sum") -> "Sum":
        """Return the sum of both groups."""
        return Sum(self.count + other.count, self.total + other.total, self.hubness + other.hubness)

    def __sub__(self, other: "Sum") -> "Sum":
        """Return the sum of what is left without `other`."""
        return Sum(self.count - other.count, self.total - other.total, self.hubness - other.hubness)

    @property
    def square(self) -> float:
        """Squared length of the total."""
        return float(self.total @ self.total)

    @property
    def direction(self) -> Vectors:
        """Unit vector along the total, float32 [d]."""
        return np.asarray(self.total / self.square**0.5, np.float32)

    @property
    def figures(self) -> tuple[int, float, float]:
        """Count, square and hubness: what the evidence looks at beside products of totals."""
        return self.count, self.square, self.hubness


def exact(numbers: npt.NDArray[np.float32]) -> Floats:
    """Return float32 numbers as float64 whose sums are not rounded."""
    return np.asarray(np.rint(numbers.astype(np.float64) / _STEP) * _STEP)


def add_up(sums: Sequence[Sum]) -> Sum:
    """Return the sum of several groups."""
    count, hubness = sum(one.count for one in sums), sum(one.hubness for one in sums)
    return Sum(count, np.sum([one.total for one in sums], axis=0), hubness)


@dataclass(frozen=True, slots=True, eq=False)
class SumTable:
    """The sums of several groups: of thousands, an object each would cost more than all that is done with them.

    Attributes:
        counts: float64 [k], faces of each group.
        totals: float64 [k, d], sums of their embeddings.
        hubness: float64 [k], sums of their hubness.

    """

    counts: Floats
    totals: Floats
    hubness: Floats

    @classmethod
    def of(cls, sums: Sequence[Sum]) -> "SumTable":
        """Return one or more sums."""
        counts, hubness = [one.count for one in sums], [one.hubness for one in sums]
        return cls(np.array(counts, np.float64), np.stack([one.total for one in sums]), np.array(hubness))

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.counts)

    def followed_by(self, sums: Sequence[Sum]) -> "SumTable":
        """Return these, and then `sums`."""
        if not sums:
            return self
        others = SumTable.of(sums)
        return SumTable(
            np.concatenate([self.counts, others.counts]),
            np.concatenate([self.totals, others.totals]),
            np.concatenate([self.hubness, others.hubness]),
        )

    def groups(self) -> Groups:
        """Return what the evidence looks at, beside the scalar products of the totals."""
        return Groups(self.counts, np.einsum("ij,ij->i", self.totals, self.totals), self.hubness)


class PersonSums:
    """The sums of the clear faces of people, kept up to date while faces come and go.

    Args:
        roster: who belongs to whom.
        vectors: the faces' embeddings.

    """

    def __init__(self, roster: Roster, vectors: FaceVectors) -> None:
        self._roster = roster
        self._vectors = vectors
        self._large: dict[int, Sum] = {}
        self._small: dict[int, Sum] = {}
        roster.followers.append(self)

    def of_people(self, people: Sequence[int]) -> list[Sum]:
        """Return the sum of each of `people`, all of whom have clear faces."""
        missing = [person for person in people if person not in self._large and person not in self._small]
        found = dict(zip(missing, self._sums_of([self._roster.clear_faces(person) for person in missing]), strict=True))
        for person in people:
            if person not in found:
                found[person] = self._large.get(person) or self._small[person]
        for person in missing:
            self._keep(person, found[person])
        return [found[person] for person in people]

    def of_faces(self, faces: Keys) -> Sum:
        """Return the sum of clear faces."""
        return Sum.of(self._vectors.clear_vectors(faces), self._roster.hubness(faces))

    def of_each(self, faces: Keys) -> SumTable:
        """Return the sum of each clear face alone."""
        totals, hubness = exact(self._vectors.clear_vectors(faces)), exact(self._roster.hubness(faces))
        return SumTable(np.ones(len(faces)), totals, hubness)

    def moved(self, faces: Keys, before: Numbers, after: Numbers) -> None:
        """Follow faces, int64 [n], from the people `before`, int32 [n], to those `after`."""
        for people, sign in ((before, -1), (after, 1)):
            for person in np.unique(people[people != NOBODY]).tolist():
                kept = self._large.pop(person, None) or self._small.pop(person, None)
                if kept is None:
                    continue
                of_person = faces[people == person]
                change = self.of_faces(of_person[self._roster.is_clear(of_person)])
                self._keep(person, kept + change if sign > 0 else kept - change)

    def forget(self, people: Collection[int]) -> None:
        """Add up the faces of `people` anew when they are next asked for."""
        for person in people:
            self._large.pop(person, None)
            self._small.pop(person, None)

    def _keep(self, person: int, total: Sum) -> None:
        if total.count >= _MIN_LARGE:
            self._large[person] = total
        elif total.count > 0:
            # They are worth keeping for those who ask again soon, so that nobody need know which is the oldest.
            if len(self._small) >= _MAX_SMALL:
                self._small.clear()
            self._small[person] = total

    def _sums_of(self, groups: Sequence[Keys]) -> list[Sum]:
        """Return the sum of each group of faces, none of them empty."""
        if not groups:
            return []
        faces = np.concatenate(groups)
        starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
        totals = np.add.reduceat(exact(self._vectors.clear_vectors(faces)), starts)
        hubness = np.add.reduceat(exact(self._roster.hubness(faces)), starts)
        return [
            Sum(len(group), total, crowd) for group, total, crowd in zip(groups, totals, hubness.tolist(), strict=True)
        ]
