"""How near people are at least, and at most, by bounds on the distances of some of their faces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from services.catalog.people.face_vectors import FaceBounds

NEAREST_OF_A_PERSON: Final = 3

_Keys = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.int32]
_Distances = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PeopleBounds:
    """Bounds on the distance of each of n people, the mean over their three nearest faces, or over fewer.

    Attributes:
        numbers: the people, ascending.
        nearest: float64 [n], each person is no nearer than this.
        farthest: float64 [n], and no farther than this; infinite if too few of their faces are known.

    """

    numbers: _Numbers
    nearest: _Distances
    farthest: _Distances
    _faces: _Keys
    _nearest_faces: _Distances
    _person: _Keys
    _third: _Distances

    @classmethod
    def of(cls, known: FaceBounds, owners: _Numbers, sizes: Callable[[list[int]], list[int]]) -> Self:
        """Return the bounds of all owners of faces.

        Args:
            known: bounds on the distances of faces.
            owners: int32, the person of each of them.
            sizes: returns how many faces people have.

        """
        order = np.lexsort((known.nearest, owners))
        owners = owners[order]
        numbers, starts, found = np.unique(owners, return_index=True, return_counts=True)
        size = np.array(sizes(numbers.tolist()), np.int64)
        nearest, farthest = known.nearest[order], known.farthest[order]
        least = _first_three(nearest, starts, found)
        most = _first_three(farthest[np.lexsort((farthest, owners))], starts, found)
        counted = np.arange(NEAREST_OF_A_PERSON) < np.minimum(size, NEAREST_OF_A_PERSON)[:, np.newaxis]
        missing = found < size
        # A missing face may be nearer than one that was found.
        least[missing] = np.minimum(least[missing], known.reach)
        count = counted.sum(axis=1)
        return cls(
            numbers,
            np.sum(least, axis=1, where=counted) / count,
            np.sum(most, axis=1, where=counted) / count,
            known.faces[order],
            nearest,
            np.repeat(np.arange(len(numbers)), found),
            np.max(most, axis=1, where=counted, initial=-np.inf),
        )

    def enough(self, limit: int) -> float:
        """Return a distance within which at least `limit` people are, infinite if so many aren't known well enough."""
        if len(self.farthest) < limit:
            return float(np.inf)
        return float(np.partition(self.farthest, limit - 1)[limit - 1])

    def within(self, distance: float) -> list[int]:
        """Return the people who may be within a distance."""
        return [int(number) for number in self.numbers[self.nearest <= distance]]

    def deciding(self, distance: float) -> _Keys:
        """Return faces of those who may be within a distance, among which are the three nearest of each, or all.

        Only where all faces of each person are known.
        """
        deciding = (self.nearest <= distance)[self._person] & (self._nearest_faces <= self._third[self._person])
        faces: _Keys = self._faces[deciding]
        return faces


def _first_three(values: _Distances, starts: _Keys, counts: _Keys) -> _Distances:
    """Return float64 [n, 3], the first three values of each of n groups that follow each other; infinite beyond."""
    at = starts[:, np.newaxis] + np.arange(NEAREST_OF_A_PERSON)
    within = np.arange(NEAREST_OF_A_PERSON) < counts[:, np.newaxis]
    return np.where(within, values[np.minimum(at, len(values) - 1)], np.inf) if len(values) else np.empty((0, 3))
