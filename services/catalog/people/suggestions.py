"""Pairs of people that may be the same, for a user to confirm or refuse."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.people.evidence import Evidence
from services.catalog.people.face_vectors import FaceVectors
from services.catalog.people.part import Part, groups_of
from services.catalog.people.roster import Keys, Roster

# All pairs of people are weighed, so there is a bound; the people with most faces are looked at.
MAX_PEOPLE: Final = 8192
_TILE: Final = 512
# Below this there are two chances in a hundred at most.
MIN_EVIDENCE: Final = 8.0
# The logistic curve that fits how often two groups of faces with so much evidence were one person, on the half of the
# people of LFW that the evidence was fitted on (20.6 and 3.2; on the other half too few such pairs are left).
_MIDDLE: Final = 20.5
_WIDTH: Final = 3.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two people that may be the same.

    Attributes:
        first: number of the person with more faces.
        second: number of the other one.
        probability: that they are the same, 0 to 1.

    """

    first: int
    second: int
    probability: float


def suggest(vectors: FaceVectors, roster: Roster, evidence: Evidence, limit: int) -> list[Suggestion]:
    """Return at most `limit` pairs, the likeliest first; none that users told apart, or that one photo shows."""
    clear = {person: _clear(roster, person) for person in roster.people()}
    people = sorted(
        (person for person in clear if clear[person].size), key=lambda person: (-len(clear[person]), person)
    )
    people = people[:MAX_PEOPLE]
    if not people:
        return []
    parts = [Part.from_faces(clear[person], roster, vectors.clear_vectors(clear[person])) for person in people]
    totals, groups = np.stack([part.total for part in parts]), groups_of(parts)
    found: list[tuple[float, int, int]] = []
    for top in range(0, len(people), _TILE):
        rows = slice(top, top + _TILE)
        few, rest = groups.some(rows).column(), groups.some(slice(top, None))
        weights = evidence.between(totals[rows] @ totals[top:].T, few, rest)
        left, right = np.nonzero(np.triu(weights >= MIN_EVIDENCE, 1))
        found += zip(weights[left, right].tolist(), (left + top).tolist(), (right + top).tolist(), strict=True)
    found.sort(key=lambda pair: (-pair[0], *pair[1:]))
    suggestions: list[Suggestion] = []
    for weight, left_, right_ in found:
        if len(suggestions) == limit:
            break
        first, second = people[left_], people[right_]
        if (min(first, second), max(first, second)) in roster.apart or _together(roster, first, second):
            continue
        probability = 1 / (1 + np.exp((_MIDDLE - weight) / _WIDTH))
        suggestions.append(Suggestion(first, second, float(probability)))
    return suggestions


def _clear(roster: Roster, person: int) -> Keys:
    faces = roster.faces(person)
    return faces[roster.is_clear(faces)]


def _together(roster: Roster, first: int, second: int) -> bool:
    return bool(np.isin(roster.images(roster.faces(first)), roster.images(roster.faces(second))).any())
