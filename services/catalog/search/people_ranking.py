"""Which people are nearest to a few embeddings: exactly."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.face_vectors import FaceBounds
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.search.face_ranking import MAX_DISTANCE, Found, Vectors
from services.catalog.search.people_bounds import NEAREST_OF_A_PERSON, PeopleBounds
from services.common.cancellation import current_cancellation

_Keys = npt.NDArray[np.int64]

_GROWTH: Final = 4
# So many faces decide about nearly everybody: fewer leave people to be looked at, more take longer to be found.
_FACES_A_PERSON: Final = 24
_COMPARED_AT_ONCE: Final = 4096
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class RankedPerson:
    """A person that was found.

    Attributes:
        number: the person.
        distance: mean cosine distance of `faces`.
        faces: the person's nearest faces, nearest first, at most three.

    """

    number: int
    distance: float
    faces: tuple[int, ...]


def rank_people(
    grouping: Grouping,
    vectors: Vectors,
    limit: int,
    *,
    max_distance: float = MAX_DISTANCE,
    own_face: int | None = None,
    left_out: Collection[int] = (),
) -> list[RankedPerson]:
    """Return the `limit` nearest people, nearest first, by the mean distance of their three nearest faces, or of fewer.

    Bounds on the distances of the nearest faces tell how near each of most people is at least, and at most, so that few
    have to be looked at face by face. Whoever is missing, but nearer than the last, has a face that is: one search up
    to there finds them all.

    Args:
        grouping: the faces and their people.
        vectors: unit float32 [m, 512]; the distance to the nearest of them counts.
        limit: how many people are wanted.
        max_distance: only people within this mean cosine distance, 0 to 2.
        own_face: the face that is searched for, which tells nothing of its person.
        left_out: people, by number, who are no results.

    Raises:
        DeadlineExceededError: DEADLINE_EXCEEDED, the call was cancelled; among many people this takes seconds.

    """
    ranking = _Ranking(grouping, vectors, limit, max_distance, own_face, left_out)
    k = _FACES_A_PERSON * limit
    while True:
        bounds = _bounds(grouping, vectors, k)
        best = ranking.rank(bounds)
        if len(best) == limit or bounds.reach > max_distance:
            break
        k *= _GROWTH
    farthest = min(best[-1].distance, max_distance) if len(best) == limit else max_distance
    if farthest >= bounds.reach:
        # A mean of equal distances may come out a little smaller than they are.
        best = ranking.add(grouping.around(vectors, farthest + _ROUNDING).tolist())
    return [person for person in best if person.distance <= max_distance]


def _bounds(grouping: Grouping, vectors: Vectors, k: int) -> FaceBounds:
    """Return bounds on the distances of faces to the nearest of `vectors`; the `k` nearest to each are among them."""
    cancellation = current_cancellation()
    found = list[FaceBounds]()
    for vector in vectors:
        # Each takes up to a second in a large library.
        cancellation.check()
        found += grouping.bounded(vector[np.newaxis], k)
    return _joined(np.unique(np.concatenate([one.faces for one in found])), found)


def _joined(faces: _Keys, found: Sequence[FaceBounds]) -> FaceBounds:
    """Return bounds on the distances of `faces`, ascending, to the nearest of some vectors, from those to each."""
    nearest, farthest = np.full(len(faces), MAX_DISTANCE), np.full(len(faces), MAX_DISTANCE)
    for one in found:
        # What a vector's list lacks is no nearer to it than its reach.
        nearest_to_it = np.full(len(faces), one.reach)
        places = np.searchsorted(faces, one.faces)
        nearest_to_it[places] = one.nearest
        np.minimum(nearest, nearest_to_it, out=nearest)
        farthest[places] = np.minimum(farthest[places], one.farthest)
    reach = min(one.reach for one in found)
    return FaceBounds(faces, nearest.clip(0, MAX_DISTANCE), farthest.clip(0, MAX_DISTANCE), reach)


class _Ranking:
    """People by the distance of their nearest faces, as far as they may be among the nearest `limit`."""

    def __init__(
        self,
        grouping: Grouping,
        vectors: Vectors,
        limit: int,
        max_distance: float,
        own_face: int | None,
        left_out: Collection[int],
    ) -> None:
        self._grouping = grouping
        self._vectors = vectors
        self._limit = limit
        self._max_distance = max_distance
        self._own_face = own_face
        self._own_person = NOBODY if own_face is None else grouping.people_of([own_face])[0]
        self._left_out = {NOBODY, *left_out}
        self._ranked: dict[int, RankedPerson] = {}

    def rank(self, bounds: FaceBounds) -> list[RankedPerson]:
        """Rank the owners of faces, as far as they may be among the nearest, and return the nearest people."""
        bounds, owners = self._asked_for(bounds)
        people = PeopleBounds.of(bounds, owners, self._sizes)
        self._decide([number for number in people.within(self._enough(people)) if number not in self._ranked])
        return self._best()

    def add(self, faces: Sequence[int]) -> list[RankedPerson]:
        """Rank the people of `faces` too, and return the nearest people."""
        self._decide(sorted(set(self._grouping.people_of(faces)) - self._left_out - self._ranked.keys()))
        return self._best()

    def _decide(self, numbers: Sequence[int]) -> None:
        """Rank those of people who may be among the nearest, by all of their faces."""
        for some in _some_at_once([self._grouping.faces_of(number) for number in numbers]):
            current_cancellation().check()
            faces = np.concatenate(some)
            faces = np.sort(faces[faces != self._own_face])
            bounds = _joined(faces, [self._grouping.bounds_of(faces, vector) for vector in self._vectors])
            people = PeopleBounds.of(bounds, self._grouping.owners_of(faces), self._sizes)
            self._look_at(people.deciding(self._enough(people)))

    def _enough(self, people: PeopleBounds) -> float:
        """Return a distance within which all are who are among the nearest of `people`, as far as anybody asks."""
        return min(people.enough(self._limit), self._max_distance) + _ROUNDING

    def _best(self) -> list[RankedPerson]:
        return nsmallest(self._limit, self._ranked.values(), key=lambda person: (person.distance, person.number))

    def _asked_for(self, bounds: FaceBounds) -> tuple[FaceBounds, npt.NDArray[np.int32]]:
        """Return the faces of those who may be results, and their people."""
        owners = self._grouping.owners_of(bounds.faces)
        asked = ~np.isin(owners, list(self._left_out)) & (bounds.faces != self._own_face)
        few = FaceBounds(bounds.faces[asked], bounds.nearest[asked], bounds.farthest[asked], bounds.reach)
        return few, owners[asked]

    def _sizes(self, people: Sequence[int]) -> list[int]:
        """Return how many faces people have, but for the one that is searched for."""
        return [len(self._grouping.faces_of(person)) - (person == self._own_person) for person in people]

    def _look_at(self, faces: _Keys) -> None:
        """Rank the people of faces, among which are the three nearest of each, or all."""
        distances = self._grouping.distances(faces, self._vectors).clip(0, MAX_DISTANCE)
        order = np.lexsort((faces, distances))
        found = list(zip(faces[order].tolist(), distances[order].tolist(), strict=True))
        for number, nearest in self._by_person(found).items():
            self._ranked[number] = _ranked(number, nearest)

    def _by_person(self, found: Found) -> dict[int, Found]:
        """Return the nearest faces of each person, at most three."""
        people: dict[int, Found] = {}
        for match, number in zip(found, self._grouping.people_of([face for face, _ in found]), strict=True):
            nearest = people.setdefault(number, [])
            if len(nearest) < NEAREST_OF_A_PERSON:
                nearest.append(match)
        return people


def _some_at_once(people: Iterable[_Keys]) -> Iterator[list[_Keys]]:
    """Yield the faces of people, together as long as they are not too many to be compared at once."""
    together, count = list[_Keys](), 0
    for faces in people:
        together.append(faces)
        count += len(faces)
        if count >= _COMPARED_AT_ONCE:
            yield together
            together, count = [], 0
    if together:
        yield together


def _ranked(number: int, nearest: Found) -> RankedPerson:
    mean = sum(distance for _, distance in nearest) / len(nearest)
    return RankedPerson(number, mean, tuple(face for face, _ in nearest))
