"""What users say of a person, beside whose faces are."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final, TypedDict


class PersonUpdate(TypedDict, total=False):
    """What a user says of a person anew; see `PersonStatements`."""

    display_name: str
    hidden: bool
    favorite: bool
    birth_date: date | None
    cover_face_id: int


@dataclass(frozen=True, slots=True)
class PersonStatements:
    """What users said of a person.

    Attributes:
        display_name: may be empty.
        hidden: whether lists leave the person out.
        favorite: whether the person is one of the favourites.
        birth_date: None as long as nobody said it.
        cover_face_id: the face that is to stand for the person; 0 for the best one. It counts while it is the person's.

    """

    display_name: str = ""
    hidden: bool = False
    favorite: bool = False
    birth_date: date | None = None
    cover_face_id: int = 0

    def inheriting(self, others: Iterable["PersonStatements"]) -> "PersonStatements":
        """Return what is said of a person whom others are merged into: what it lacks, it has of the first who has it.

        Whether it is hidden does not change.
        """
        everybody = [self, *others]
        return PersonStatements(
            display_name=next((one.display_name for one in everybody if one.display_name), ""),
            hidden=self.hidden,
            favorite=any(one.favorite for one in everybody),
            birth_date=next((one.birth_date for one in everybody if one.birth_date is not None), None),
            cover_face_id=next((one.cover_face_id for one in everybody if one.cover_face_id), 0),
        )

    def taken_back(self, before: "PersonStatements", after: "PersonStatements") -> "PersonStatements":
        """Return the same without a change from `before` to `after`; what was said since, stays."""
        back = {}
        for field in fields(self):
            then, now = getattr(before, field.name), getattr(after, field.name)
            if then != now and getattr(self, field.name) == now:
                back[field.name] = then
        return replace(self, **back)

    def forgotten(self) -> "PersonStatements":
        """Return the same without what tells who the person is."""
        return replace(self, display_name="", birth_date=None)


UNSAID: Final = PersonStatements()
