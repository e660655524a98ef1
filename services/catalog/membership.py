"""The person of every face, as one array."""

from typing import Final

import numpy as np
import numpy.typing as npt

NOBODY: Final = 0

Keys = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]


class Membership:
    """Face key -> person number; 4 bytes a key, so a copy is cheap enough to be the draft of a change."""

    def __init__(self) -> None:
        self._people: Numbers = np.zeros(0, np.int32)

    def of(self, keys: Keys) -> Numbers:
        """Return the person of each of `keys`, int32 of the same shape; NOBODY for keys never heard of."""
        people = np.full(len(keys), NOBODY, np.int32)
        known = keys < len(self._people)
        people[known] = self._people[keys[known]]
        return people

    def put(self, keys: Keys, people: Numbers | int) -> None:
        """Set the person of each of `keys`."""
        if len(keys) == 0:
            return
        missing = int(keys.max()) + 1 - len(self._people)
        if missing > 0:
            self._people = np.pad(self._people, (0, missing + len(self._people) // 4))
        self._people[keys] = people

    def absorb(self, person: int, by: int) -> None:
        """Give all faces of `person` to `by`."""
        self._people[self._people == person] = by

    def faces(self, person: int) -> Keys:
        """Return the faces of a person, ascending."""
        return np.flatnonzero(self._people == person)

    def copy(self) -> "Membership":
        """Return an independent copy."""
        other = Membership()
        other._people = self._people.copy()
        return other

    def difference(self, before: "Membership") -> Keys:
        """Return the keys whose person differs from `before`, ascending."""
        old, new = before._people, self._people  # noqa: SLF001
        size = max(len(old), len(new))
        return np.flatnonzero(np.pad(old, (0, size - len(old))) != np.pad(new, (0, size - len(new))))
