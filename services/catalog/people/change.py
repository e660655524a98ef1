"""One change of a library's people: what it did, and what rolls it back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from services.catalog.people.gatherer import Gatherer, TakeNumber
from services.catalog.people.roster import NOBODY, Keys, Numbers, Roster

_NONE = np.empty(0, np.int64)


class Transaction(Protocol):
    """What a change belongs to: the write that stores it."""

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """Have `action` run if the write is not committed, after all that were noted later."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Regrouping:
    """What a change did to people.

    Attributes:
        faces: int64 [k], faces whose person changed, ascending; those that were removed are not among them.
        before: int32 [k], whose they were, 0 for nobody.
        people: int32 [k], whose they are now, 0 for nobody.
        changed: people who lost or gained faces and have some now, ascending.
        created: those among them whom clustering made, ascending.
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
        transaction: rolls the change back in memory unless it is committed.
        take_number: gives the number of a new person.
        gatherer: makes what brings people up to date, given what numbers new people.

    Attributes:
        gatherer: brings people up to date.
        on_rollback: notes what undoes a step that was just taken.

    """

    def __init__(
        self,
        roster: Roster,
        transaction: Transaction,
        take_number: TakeNumber,
        gatherer: Callable[[TakeNumber], Gatherer],
    ) -> None:
        self._roster = roster
        self._take_number = take_number
        self._created: list[int] = []
        log = roster.begin()
        self._log = log
        transaction.on_rollback(lambda: roster.roll_back(log))
        self.on_rollback = transaction.on_rollback
        self.gatherer = gatherer(self._create)

    def regrouping(self, without: Keys = _NONE) -> Regrouping:
        """Return what the change did to people; `without` are faces that it removed."""
        faces, before = self._roster.changed(self._log)
        after = self._roster.owners_of(faces)
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
