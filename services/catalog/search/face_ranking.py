"""Which faces, and which people, are nearest to a few embeddings: exactly."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY

Vectors = npt.NDArray[np.float32]
Found = list[tuple[int, float]]

MAX_DISTANCE: Final = 2.0
MAX_EXEMPLARS: Final = 8
NEAREST_OF_A_PERSON: Final = 3
_GROWTH: Final = 4
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

    """
    distances: dict[int, float] = {}
    complete, reach = True, np.inf
    # Rounding takes distances a little below 0 and above 2, so the largest distance must exclude nothing.
    bound = max_distance if max_distance < MAX_DISTANCE else np.inf
    for near in grouping.nearest(vectors, k, bound):
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

    The people of the nearest faces are ranked first. Whoever is nearer than the last of them has a face that is, so
    one search up to there finds all who are missing.

    Args:
        grouping: the faces and their people.
        vectors: unit float32 [m, 512]; the distance to the nearest of them counts.
        limit: how many people are wanted.
        max_distance: only people within this mean cosine distance, 0 to 2.
        own_face: the face that is searched for, which tells nothing of its person.
        left_out: people, by number, who are no results.

    """
    ranking = _Ranking(grouping, vectors, own_face, left_out)
    k = NEAREST_OF_A_PERSON * limit
    while True:
        near = nearest_faces(grouping, vectors, k, max_distance)
        ranking.add(face for face, _ in near.found)
        best = ranking.best(limit)
        if near.complete or len(best) == limit:
            break
        k *= _GROWTH
    # A person of whom no face was found has none that is nearer than the reach.
    if not near.complete and best[-1].distance >= near.reach:
        # A mean of equal distances may come out a little smaller than they are.
        ranking.add(grouping.around(vectors, best[-1].distance + _ROUNDING).tolist())
    return [person for person in ranking.best(limit) if person.distance <= max_distance]


class _Ranking:
    """The people of faces that were found, by the distance of their nearest faces."""

    def __init__(self, grouping: Grouping, vectors: Vectors, own_face: int | None, left_out: Collection[int]) -> None:
        self._grouping = grouping
        self._vectors = vectors
        self._own_face = own_face
        self._left_out = {NOBODY, *left_out}
        self._people: dict[int, RankedPerson] = {}

    def add(self, faces: Iterable[int]) -> None:
        """Rank the people of `faces` too."""
        found = list(faces)
        for number in set(self._grouping.people_of(found)) - self._left_out - self._people.keys():
            nearest = self._nearest(number)
            if nearest:
                mean = sum(distance for _, distance in nearest) / len(nearest)
                self._people[number] = RankedPerson(number, mean, tuple(face for face, _ in nearest))

    def best(self, limit: int) -> list[RankedPerson]:
        """Return the nearest people, nearest first."""
        return nsmallest(limit, self._people.values(), key=lambda person: (person.distance, person.number))

    def _nearest(self, number: int) -> Found:
        """Return the three faces of a person that are nearest to the query, or fewer, nearest first."""
        faces = self._grouping.faces_of(number)
        faces = faces[faces != self._own_face]
        distances = self._grouping.distances(faces, self._vectors).clip(0, MAX_DISTANCE)
        order = np.lexsort((faces, distances))[:NEAREST_OF_A_PERSON]
        return list(zip(faces[order].tolist(), distances[order].tolist(), strict=True))
