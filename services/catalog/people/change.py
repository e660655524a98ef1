"""One change of a library's faces, while it may still be undone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.catalog.people.gatherer import Gatherer, TakeNumber
from services.catalog.people.roster import NOBODY, Keys, Numbers, Roster

_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Regrouping:
    """What a change did to people.

    Attributes:
        faces: int64 [k], faces whose person changed, ascending; those that were removed are not among them.
        before: int32 [k], whose they were, 0 for nobody.
        people: int32 [k], whose they are now, 0 for nobody.
        changed: people who lost or gained faces and have some now, ascending.
        created: those among them that clustering made, ascending.
        gone: people who have none left, ascending.

    """

    faces: Keys
    before: Numbers
    people: Numbers
    changed: tuple[int, ...]
    created: tuple[int, ...]
    gone: tuple[int, ...]


class Change:
    """A change in progress.

    Args:
        roster: who belongs to whom.
        take_number: gives the number of a new person.
        gatherer: makes what brings people up to date, given what numbers new people.

    Attributes:
        gatherer: brings people up to date.

    """

    def __init__(self, roster: Roster, take_number: TakeNumber, gatherer: Callable[[TakeNumber], Gatherer]) -> None:
        self._roster = roster
        self._take_number = take_number
        self._created: list[int] = []
        self._undo: list[Callable[[], object]] = []
        self.gatherer = gatherer(self._create)
        roster.begin()

    def undone_by(self, action: Callable[[], object]) -> None:
        """Note what undoes a step that was just taken."""
        self._undo.append(action)

    def undo(self) -> None:
        """Undo everything, the last step first."""
        for action in reversed(self._undo):
            action()
        self._roster.roll_back()

    def regrouping(self, without: Keys = _NONE) -> Regrouping:
        """Return what the change did to people; `without` are faces that it removed."""
        faces, before = self._roster.changed()
        after = self._roster.of(faces)
        touched = {int(person) for person in np.union1d(before, after) if person != NOBODY}
        gone = {person for person in touched if self._roster.faces(person).size == 0}
        kept = ~np.isin(faces, without)
        return Regrouping(
            faces=faces[kept],
            before=before[kept],
            people=after[kept],
            changed=tuple(sorted(touched - gone)),
            created=tuple(sorted(touched.intersection(self._created) - gone)),
            gone=tuple(sorted(gone - set(self._created))),
        )

    def _create(self) -> int:
        number = self._take_number()
        self._created.append(number)
        return number
