"""What a user says of faces and people, as the clusters and the people in memory take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.catalog.people.days import birth_number
from services.catalog.person_statements import PersonStatements

Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Correction:
    """A change that a user asks for; only a user takes it back.

    Attributes:
        moves: face id -> number of the person that the face belongs to, 0 for nobody; the people's rows exist.
        pinned: whether the moved faces stay where they are put; if not, clustering decides about them, from there.
        at_once: whether it does so now, or only when something changes around them; likewise about faces that a birth
            date sets free, and those that it no longer keeps away.
        curated: people whom clustering must not split or merge from now on.
        apart: pairs of people, the lower number first, who are not the same from now on.
        reconciled: pairs of people who may be the same again.
        births: day on which people were born, by number, EVER where that is no longer known; see `days`. Faces of
            photos from before, which no user gave them, are let go.
        covers: face that is to stand for a person, by number, 0 for the best one.

    """

    moves: Mapping[int, int] = field(default_factory=dict)
    pinned: bool = True
    at_once: bool = True
    curated: frozenset[int] = frozenset()
    apart: Pairs = frozenset()
    reconciled: Pairs = frozenset()
    births: Mapping[int, int] = field(default_factory=dict)
    covers: Mapping[int, int] = field(default_factory=dict)

    def about(self, people: Mapping[int, PersonStatements]) -> "Correction":
        """Return the same, saying of people, by number, what else users say of them."""
        births = {person: birth_number(said.birth_date) for person, said in people.items()}
        return replace(self, births=births, covers={person: said.cover_face_id for person, said in people.items()})
