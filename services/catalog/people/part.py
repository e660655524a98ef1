"""A set of faces that is, for now, taken for one person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.days import EVER, UNKNOWN_DAY
from services.catalog.people.evidence import Evidence
from services.catalog.people.roster import NOBODY, Keys
from services.catalog.people.sums import Sum, SumTable, add_up

# np.isin sorts both, which takes long for a few.
_COMPARED_DIRECTLY: Final = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Faces, all of them clear, and what the evidence looks at.

    Attributes:
        faces: int64 [n], ascending.
        images: int64 [m], the photos that show it: of each face, and of the blurred faces that stay whoever joins.
        sum: of their embeddings.
        owner: the curated person that they are, or NOBODY.
        first: the earliest day on which one of the photos was taken; UNKNOWN_DAY of what a curated person has already.
        birth: the day on which the owner was born; EVER if that is not known.

    """

    faces: Keys
    images: Keys
    sum: Sum
    owner: int = NOBODY
    first: int = UNKNOWN_DAY
    birth: int = EVER

    @property
    def one_photo_twice(self) -> bool:
        """Whether a photo shows it with two faces."""
        return len(np.unique(self.images)) < len(self.images)

    def bars(self, other: "Part") -> bool:
        """Return whether the two must stay apart: by owners or a birth date, or because both are in one photo."""
        owned = NOBODY not in (self.owner, other.owner)
        too_early = self.first < other.birth or other.first < self.birth
        return owned or too_early or share_a_photo(self.images, other.images)

    def joined(self, *others: "Part") -> "Part":
        """Return all of them as one."""
        parts = (self, *others)
        faces = np.sort(np.concatenate([part.faces for part in parts]))
        images = np.concatenate([part.images for part in parts])
        total = add_up([part.sum for part in parts])
        owner, birth = max(part.owner for part in parts), max(part.birth for part in parts)
        return Part(faces, images, total, owner, min(part.first for part in parts), birth)


def share_a_photo(images: Keys, others: Keys) -> bool:
    """Return whether a photo is among both."""
    if len(images) * len(others) <= _COMPARED_DIRECTLY:
        return bool((images[:, np.newaxis] == others).any())
    return bool(np.isin(images, others).any())


def all_bars(parts: list[Part]) -> npt.NDArray[np.bool_]:
    """Return bool [p, p]: `Part.bars` of all pairs; the diagonal says nothing."""
    images, column = np.unique(np.concatenate([part.images for part in parts]), return_inverse=True)
    shown = np.zeros((len(parts), len(images)), np.float32)
    shown[np.repeat(np.arange(len(parts)), [len(part.images) for part in parts]), column] = 1
    owned = np.array([part.owner != NOBODY for part in parts])
    first, birth = np.array([part.first for part in parts]), np.array([part.birth for part in parts])
    too_early = first[:, np.newaxis] < birth
    return np.asarray((shown @ shown.T > 0) | np.outer(owned, owned) | too_early | too_early.T)


def best_match(one: Sum, others: SumTable, evidence: Evidence, bars: Callable[[int], bool]) -> int | None:
    """Return the position of the group that `one` has most evidence for, the first of equal ones; None if not enough.

    Args:
        one: a group.
        others: the groups to choose from.
        evidence: decides how much is enough.
        bars: whether a position is out of the question; asked only of those with enough evidence, the best first.

    """
    found = evidence_for(one, others, evidence)
    enough = np.flatnonzero(found >= evidence.enough)
    for position in enough[np.argsort(-found[enough], kind="stable")].tolist():
        if not bars(position):
            return int(position)
    return None


def evidence_for(one: Sum, others: SumTable, evidence: Evidence) -> npt.NDArray[np.float64]:
    """Return float64 [k], the evidence that `one` is the same person as each of `others`."""
    return evidence.between(others.totals @ one.total, SumTable.of([one]).groups(), others.groups())
