"""Who has changed since somebody last looked."""

from collections.abc import Collection, Iterable

import numpy as np

from services.catalog.people.roster import NOBODY, Keys, Numbers


class ChangedPeople:
    """The people who gained or lost faces, as a roster tells of them.

    Args:
        people: who counts as changed at first, by number.

    """

    def __init__(self, people: Iterable[int] = ()) -> None:
        self._people = set(people)

    def moved(self, faces: Keys, before: Numbers, after: Numbers) -> None:
        """Note the people of faces that went from those `before` to those `after`."""
        del faces
        self.forget(np.union1d(before, after).tolist())

    def forget(self, people: Collection[int]) -> None:
        """Note `people`."""
        self._people.update(people)

    def __contains__(self, person: int) -> bool:
        """Return whether a person is noted."""
        return person in self._people

    def take(self) -> list[int]:
        """Return everybody noted, ascending, and begin anew."""
        people = self.noted()
        self._people.clear()
        return people

    def noted(self) -> list[int]:
        """Return everybody noted, ascending."""
        return sorted(self._people - {NOBODY})
