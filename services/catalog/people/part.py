"""A set of faces that is, for now, taken for one person."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Vectors
from services.catalog.people.evidence import Evidence, Floats, Groups
from services.catalog.people.roster import NOBODY, Keys, Roster


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Faces, all of them clear, and what the evidence looks at.

    Attributes:
        faces: int64 [n], ascending.
        images: int64 [n], the photo of each.
        total: float64 [d], sum of their embeddings.
        hubness: sum of their hubness.
        owner: the curated person that they are, or NOBODY.

    """

    faces: Keys
    images: Keys
    total: Floats
    hubness: float
    owner: int = NOBODY

    @classmethod
    def from_faces(cls, faces: Keys, roster: Roster, vectors: Vectors, owner: int = NOBODY) -> "Part":
        """Return the part of `faces`, of which the roster knows, given their embeddings, float32 [n, d]."""
        total = vectors.sum(axis=0, dtype=np.float64)
        return cls(faces, roster.images(faces), total, float(roster.hubness(faces).sum(dtype=np.float64)), owner)

    @property
    def square(self) -> float:
        """Squared length of the total."""
        return float(self.total @ self.total)

    @property
    def direction(self) -> Vectors:
        """Unit vector along the total, float32 [d]."""
        return np.asarray(self.total / self.square**0.5, np.float32)

    @property
    def one_photo_twice(self) -> bool:
        """Whether two of the faces are in the same photo."""
        return len(np.unique(self.images)) < len(self.images)

    def bars(self, other: "Part") -> bool:
        """Return whether the two must stay apart: by their owners, or because both are in one photo."""
        if NOBODY not in (self.owner, other.owner):
            return True
        few, many = sorted((self.images, other.images), key=len)
        return bool(np.isin(few, many).any())

    def joined(self, other: "Part") -> "Part":
        """Return both as one."""
        order = np.argsort(faces := np.concatenate([self.faces, other.faces]))
        images = np.concatenate([self.images, other.images])
        return Part(
            faces[order],
            images[order],
            self.total + other.total,
            self.hubness + other.hubness,
            max(self.owner, other.owner),
        )


def groups_of(parts: list[Part]) -> Groups:
    """Return what the evidence looks at in each part."""
    counts = np.array([len(part.faces) for part in parts], np.float64)
    squares, hubness = [part.square for part in parts], [part.hubness for part in parts]
    return Groups(counts, np.array(squares), np.array(hubness))


def all_bars(parts: list[Part]) -> npt.NDArray[np.bool_]:
    """Return bool [p, p]: `Part.bars` of all pairs; the diagonal says nothing."""
    images, column = np.unique(np.concatenate([part.images for part in parts]), return_inverse=True)
    shown = np.zeros((len(parts), len(images)), np.float32)
    shown[np.repeat(np.arange(len(parts)), [len(part.images) for part in parts]), column] = 1
    owned = np.array([part.owner != NOBODY for part in parts])
    return np.asarray((shown @ shown.T > 0) | np.outer(owned, owned))


def evidence_for(part: Part, others: list[Part], evidence: Evidence) -> npt.NDArray[np.float64]:
    """Return float64 [k], the evidence that `part` is the same person as each of `others`; -inf where barred."""
    if not others:
        return np.empty(0)
    totals = np.stack([other.total for other in others])
    found = evidence.between(totals @ part.total, groups_of([part]), groups_of(others))
    found[[part.bars(other) for other in others]] = -np.inf
    return found
