"""Which faces, and which people, are nearest to a few embeddings: exactly."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
    grouping: Grouping, vectors: Vectors, limit: int, *, own_face: int | None = None, left_out: Collection[int] = ()
) -> list[RankedPerson]:
    """Return the `limit` nearest people, nearest first, by the mean distance of their three nearest faces, or of fewer.

    Widens the search until no person outside the current top `limit` can still enter it.

    Args:
        grouping: the faces and their people.
        vectors: unit float32 [m, 512]; the distance to the nearest of them counts.
        limit: how many people are wanted.
        own_face: the face that is searched for, which tells nothing of its person.
        left_out: people, by number, who are no results.

    """
    own_person = NOBODY if own_face is None else grouping.people_of([own_face])[0]
    k = NEAREST_OF_A_PERSON * limit
    while True:
        near = nearest_faces(grouping, vectors, k)
        faces = [(face, distance) for face, distance in near.found if face != own_face]
        found = _nearest_of_each(grouping, faces, left_out)
        if near.complete:
            return _ranked(found)[:limit]
        settled: dict[int, Found] = {}
        # No person of whom nothing was found yet can be nearer than the reach.
        best_of_others = near.reach
        for number, nearest in found.items():
            count = len(grouping.faces_of(number)) - (number == own_person)
            wanted = min(NEAREST_OF_A_PERSON, count)
            if len(nearest) == wanted:
                settled[number] = nearest
                continue
            # The faces that this person's mean still lacks are no nearer than the reach either.
            known = sum(distance for _, distance in nearest)
            least = (known + near.reach * (wanted - len(nearest))) / wanted
            best_of_others = min(best_of_others, least)
        best = _ranked(settled)[:limit]
        if len(best) == limit and best[-1].distance < best_of_others:
            return best
        k *= _GROWTH


def _nearest_of_each(grouping: Grouping, faces: Found, left_out: Collection[int]) -> dict[int, Found]:
    """Return the first three of `faces`, nearest first, of every person."""
    found: dict[int, Found] = {}
    owners = grouping.people_of([face for face, _ in faces])
    for match, number in zip(faces, owners, strict=True):
        if number == NOBODY or number in left_out:
            continue
        nearest = found.setdefault(number, [])
        if len(nearest) < NEAREST_OF_A_PERSON:
            nearest.append(match)
    return found


def _ranked(found: Mapping[int, Found]) -> list[RankedPerson]:
    ranked = []
    for number, nearest in found.items():
        mean = sum(distance for _, distance in nearest) / len(nearest)
        ranked.append(RankedPerson(number, mean, tuple(face for face, _ in nearest)))
    return sorted(ranked, key=lambda person: (person.distance, person.number))
