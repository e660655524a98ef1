"""Who and what is nearest to a few embeddings, exactly."""

from collections.abc import Iterable
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
    """Return up to eight of `vectors`, float32 [n, 512], best first: the first, then each time the most different."""
    chosen = [0]
    nearest = 1 - vectors @ vectors[0]
    while len(chosen) < min(MAX_EXEMPLARS, len(vectors)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, 1 - vectors @ vectors[chosen[-1]])
        nearest[chosen] = -np.inf
    return vectors[chosen]


@dataclass(frozen=True, slots=True)
class Near:
    """Faces, nearest first, and whether they are all there are; none that is missing is nearer than `reach`."""

    found: Found
    complete: bool
    reach: float


@dataclass(frozen=True, slots=True)
class RankedPerson:
    """A person by number, the mean cosine distance of their nearest faces, and these, nearest first."""

    number: int
    distance: float
    faces: tuple[int, ...]


def nearest_faces(grouping: Grouping, vectors: Vectors, k: int, distance: float = MAX_DISTANCE) -> Near:
    """Return at least the `k` nearest faces by their distance to the nearest of `vectors`, unless there are fewer.

    A face that is missing in the list of one vector is no nearer to it than the list's last, so distances are certain
    up to the least of these; and the list that ends there has `k` such faces.
    """
    distances: dict[int, float] = {}
    complete, reach = True, np.inf
    # Rounding takes distances a little below 0 and above 2.
    for near in grouping.nearest(vectors, k, distance if distance < MAX_DISTANCE else np.inf):
        exact = near.distances.clip(0, MAX_DISTANCE)
        if len(near.faces) >= k:
            complete, reach = False, min(reach, float(exact[-1]))
        for face, far in zip(near.faces.tolist(), exact.tolist(), strict=True):
            distances[face] = min(far, distances.get(face, np.inf))
    found = sorted(((face, d) for face, d in distances.items() if d <= reach), key=lambda match: (match[1], match[0]))
    return Near(found, complete, reach)


def rank_people(
    grouping: Grouping, vectors: Vectors, own: Iterable[int | None], left_out: set[int], limit: int
) -> list[RankedPerson]:
    """Look at ever more faces until no person who is not among the first can be any more."""
    k = NEAREST_OF_A_PERSON * limit
    while True:
        near = nearest_faces(grouping, vectors, k)
        faces = [(face, distance) for face, distance in near.found if face not in own]
        owners = grouping.people_of([face for face, _ in faces])
        heard: dict[int, Found] = {}
        for match, number in zip(faces, owners, strict=True):
            if number != NOBODY and number not in left_out:
                nearest = heard.setdefault(number, [])
                if len(nearest) < NEAREST_OF_A_PERSON:
                    nearest.append(match)
        ranked = sorted(
            (
                RankedPerson(number, _mean(nearest), tuple(face for face, _ in nearest))
                for number, nearest in heard.items()
            ),
            key=lambda person: (person.distance, person.number),
        )
        if near.complete:
            return ranked[:limit]
        mine = grouping.people_of([face for face in own if face is not None])
        due = {
            number: min(NEAREST_OF_A_PERSON, len(grouping.faces_of(number)) - mine.count(number)) for number in heard
        }
        known = {number for number, nearest in heard.items() if len(nearest) == due[number]}
        best = [person for person in ranked if person.number in known][:limit]
        # What has not been seen is no nearer than the reach; a mean of it and of what has been seen neither.
        others = [
            (sum(distance for _, distance in nearest) + near.reach * (due[number] - len(nearest))) / due[number]
            for number, nearest in heard.items()
            if number not in known
        ]
        if len(best) == limit and best[-1].distance < min([near.reach, *others]):
            return best
        k *= _GROWTH


def _mean(matches: Found) -> float:
    return sum(distance for _, distance in matches) / len(matches)
