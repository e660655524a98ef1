"""Faces of a library as arrays."""

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Vectors
from services.catalog.people.days import Days
from services.catalog.people.roster import Keys, Mask, Numbers, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Some faces of a library, by id.

    Attributes:
        ids: int64 [n], ascending.
        images: int64 [n], the photo of each.
        embeddings: unit float32 [n, d].
        quality: float64 [n], how well each can be seen, 0 to 1.
        scores: float32 [n], the detector's confidence in each, 0 to 1.
        people: int32 [n], number of the person of each, 0 for nobody.
        pinned: bool [n], whether a user put it there.
        days: int32 [n], the day on which its photo was taken, see `days`; empty if that is known of none.

    """

    ids: Keys
    images: Keys
    embeddings: Vectors
    quality: npt.NDArray[np.float64]
    scores: Shares
    people: Numbers = field(default_factory=lambda: np.empty(0, np.int32))
    pinned: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    days: Days = field(default_factory=lambda: np.empty(0, np.int32))

    def sorted(self) -> "Faces":
        """Return the same faces, by id."""
        order = np.argsort(self.ids)
        return Faces(*(getattr(self, column.name)[order] for column in fields(self)))
