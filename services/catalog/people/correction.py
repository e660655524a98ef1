"""What a user says of faces and people, as the clusters and the people in memory take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Correction:
    """A change that a user asks for; only a user takes it back.

    Attributes:
        moves: face id -> number of the person that the face belongs to, 0 for nobody; the people's rows exist.
        pinned: whether the moved faces stay where they are put; if not, clustering decides about them, from there.
        at_once: whether it does so now, or only when something changes around them.
        curated: people whom clustering must not split or merge from now on.
        apart: pairs of people, the lower number first, who are not the same from now on.
        reconciled: pairs of people who may be the same again.

    """

    moves: Mapping[int, int] = field(default_factory=dict)
    pinned: bool = True
    at_once: bool = True
    curated: frozenset[int] = frozenset()
    apart: Pairs = frozenset()
    reconciled: Pairs = frozenset()
