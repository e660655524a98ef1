"""Which faces, and which people, are nearest to a few embeddings: exactly."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.common.cancellation import current_cancellation

Vectors = npt.NDArray[np.float32]
Found = list[tuple[int, float]]

MAX_DISTANCE: Final = 2.0
MAX_EXEMPLARS: Final = 8
NEAREST_OF_A_PERSON: Final = 3
_GROWTH: Final = 4
# So many faces decide about nearly everybody: fewer leave people to be looked at, more take longer to be found.
_FACES_A_PERSON: Final = 24
_COMPARED_AT_ONCE: Final = 4096
_ROUNDING: Final = 1e-12


def exemplars(vectors: Vectors) -> Vectors:
    """Return up to eight of `vectors`, float32 [n, 512]: the first, then each time the farthest from those chosen."""
    chosen = [0]
    nearest = 1 - vectors @ vectors[0]
    while len(chosen) < min(MAX_EXEMPLARS, len(vectors)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, 1 - vectors @ vectors[chosen[-1]])
        # Equal vectors are no reason to choose one twice.
        nearest[chosen] = -np.inf
    return vectors[chosen]


@dataclass(frozen=True, slots=True)
class Near:
    """The faces nearest to a query.

    Attributes:
        found: faces and their distances, nearest first.
        complete: whether these are all faces within the distance that was asked for.
        reach: a face that is missing in `found` is no nearer than this.

    """

    found: Found
    complete: bool
    reach: float


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


def nearest_faces(grouping: Grouping, vectors: Vectors, k: int, max_distance: float = MAX_DISTANCE) -> Near:
    """Return at least the `k` faces nearest to any of `vectors`, or all if there are fewer.

    Args:
        grouping: the faces.
        vectors: unit float32 [m, 512].
        k: how many faces are wanted.
        max_distance: only faces within this cosine distance, 0 to 2.

    Raises:
        DeadlineExceededError: DEADLINE_EXCEEDED, the call was cancelled.

    """
    distances: dict[int, float] = {}
    complete, reach = True, np.inf
    # Rounding takes distances a little below 0 and above 2, so the largest distance must exclude nothing.
    bound = max_distance if max_distance < MAX_DISTANCE else np.inf
    cancellation = current_cancellation()
    for vector in vectors:
        # Each takes up to a second in a large library.
        cancellation.check()
        (near,) = grouping.nearest(vector[np.newaxis], k, bound)
        exact = near.distances.clip(0, MAX_DISTANCE)
        # The list of this vector may have been cut. What it lacks is no nearer to the vector than its last face is.
        if len(near.faces) >= k:
            complete, reach = False, min(reach, float(exact[-1]))
        for face, distance in zip(near.faces.tolist(), exact.tolist(), strict=True):
            distances[face] = min(distance, distances.get(face, np.inf))
    # Beyond the reach a face that was cut from one list might come before a face of another. Up to it nothing is
    # missing, and the list that the reach is from has `k` such faces.
    found = [(face, distance) for face, distance in distances.items() if distance <= reach]
    found.sort(key=lambda match: (match[1], match[0]))
    return Near(found, complete, reach)


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

    The nearest faces decide about most people. Of the others they tell how near they can be at most, so that few of
    them have to be looked at face by face. Whoever is missing, but nearer than the last, has a face that is: one search
    up to there finds them all.

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
    ranking = _Ranking(grouping, vectors, limit, own_face, left_out)
    k = _FACES_A_PERSON * limit
    while True:
        near = nearest_faces(grouping, vectors, k, max_distance)
        best = ranking.rank(near.found, min(near.reach, max_distance))
        if near.complete or len(best) == limit:
            break
        k *= _GROWTH
    if not near.complete and best[-1].distance >= near.reach:
        # A mean of equal distances may come out a little smaller than they are.
        best = ranking.add(grouping.around(vectors, best[-1].distance + _ROUNDING).tolist())
    return [person for person in best if person.distance <= max_distance]


class _Ranking:
    """People by the distance of their nearest faces, as far as they may be among the nearest `limit`."""

    def __init__(
        self,
        grouping: Grouping,
        vectors: Vectors,
        limit: int,
        own_face: int | None,
        left_out: Collection[int],
    ) -> None:
        self._grouping = grouping
        self._vectors = vectors
        self._limit = limit
        self._own_face = own_face
        self._own_person = NOBODY if own_face is None else grouping.people_of([own_face])[0]
        self._left_out = {NOBODY, *left_out}
        self._ranked: dict[int, RankedPerson] = {}
        self._too_far: set[int] = set()

    def rank(self, found: Found, reach: float) -> list[RankedPerson]:
        """Rank the people of faces, and return the nearest people; no other face is nearer than `reach`."""
        unsure: dict[int, float] = {}
        for number, nearest in self._by_person(found).items():
            size = len(self._grouping.faces_of(number)) - (number == self._own_person)
            # One at the reach may be as near as another that wasn't found, and older.
            if len(nearest) == size or (len(nearest) == NEAREST_OF_A_PERSON and nearest[-1][1] < reach):
                self._ranked[number] = _ranked(number, nearest)
            else:
                count = min(size, NEAREST_OF_A_PERSON)
                least = sum(distance for _, distance in nearest) + (count - len(nearest)) * reach
                unsure[number] = least / count - _ROUNDING
        best = self._best()
        enough = best[-1].distance if len(best) == self._limit else np.inf
        self._too_far.update(number for number, least in unsure.items() if least > enough)
        self._look_at(unsure.keys() - self._too_far)
        return self._best()

    def add(self, faces: Sequence[int]) -> list[RankedPerson]:
        """Rank the people of `faces` too, and return the nearest people."""
        self._look_at(set(self._grouping.people_of(faces)) - self._left_out)
        return self._best()

    def _best(self) -> list[RankedPerson]:
        return nsmallest(self._limit, self._ranked.values(), key=lambda person: (person.distance, person.number))

    def _by_person(self, found: Found) -> dict[int, Found]:
        """Return the nearest faces of each person who isn't ranked yet, at most three, of those that were found."""
        people: dict[int, Found] = {}
        for match, number in zip(found, self._grouping.people_of([face for face, _ in found]), strict=True):
            if number in self._left_out or number in self._ranked or match[0] == self._own_face:
                continue
            nearest = people.setdefault(number, [])
            if len(nearest) < NEAREST_OF_A_PERSON:
                nearest.append(match)
        return people

    def _look_at(self, people: Iterable[int]) -> None:
        """Rank people by comparing all of their faces."""
        cancellation = current_cancellation()
        for numbers in self._some_at_once(sorted(set(people) - self._ranked.keys() - self._too_far)):
            cancellation.check()
            faces = np.concatenate([self._grouping.faces_of(number) for number in numbers])
            faces = faces[faces != self._own_face]
            distances = self._grouping.distances(faces, self._vectors).clip(0, MAX_DISTANCE)
            order = np.lexsort((faces, distances))
            found = list(zip(faces[order].tolist(), distances[order].tolist(), strict=True))
            for number, nearest in self._by_person(found).items():
                self._ranked[number] = _ranked(number, nearest)

    def _some_at_once(self, people: Sequence[int]) -> Iterator[list[int]]:
        """Yield people again, together as long as their faces are not too many to be compared at once."""
        together, count = list[int](), 0
        for number in people:
            together.append(number)
            count += len(self._grouping.faces_of(number))
            if count >= _COMPARED_AT_ONCE:
                yield together
                together, count = [], 0
        if together:
            yield together


def _ranked(number: int, nearest: Found) -> RankedPerson:
    mean = sum(distance for _, distance in nearest) / len(nearest)
    return RankedPerson(number, mean, tuple(face for face, _ in nearest))
