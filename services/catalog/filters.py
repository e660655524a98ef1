"""Which images, faces and people a list holds: those that meet every condition that is set."""

from dataclasses import dataclass
from typing import Final

from services.catalog.expressions.conditions import (
    AllOf,
    Collected,
    Compared,
    Condition,
    NumberField,
    Reference,
    Seen,
    Shown,
    mentions,
)
from services.catalog.expressions.syntax import Operator

_NOT_IN_TRASH: Final = Compared(NumberField.TRASHED, Operator.EQUAL, value=False)


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images are meant.

    Attributes:
        labels: classes of objects, all of which the image must hold; a label that the library has never seen matches
            no image.
        person_id: a person whose face the image must hold; an unknown person matches no image.
        condition: what else it must meet.
        album_id: an album that the image must be in; an unknown album matches no image.
        show_trashed: whether images in the trash are meant too; a condition that asks for the trash decides it itself.

    """

    labels: tuple[str, ...] = ()
    person_id: str | None = None
    condition: Condition | None = None
    album_id: str | None = None
    show_trashed: bool = False

    def whole(self) -> Condition | None:
        """Return all of it as one condition; None if any image is meant."""
        parts: list[Condition] = [Seen(label) for label in self.labels]
        if self.person_id is not None:
            parts.append(Shown(Reference(self.person_id)))
        if self.album_id is not None:
            parts.append(Collected(Reference(self.album_id)))
        if self.condition is not None:
            parts.append(self.condition)
        if not self.show_trashed and (self.condition is None or not mentions(self.condition, NumberField.TRASHED)):
            parts.append(_NOT_IN_TRASH)
        return AllOf(tuple(parts)) if parts else None


@dataclass(frozen=True, slots=True)
class FaceFilter:
    """Which faces are meant.

    Attributes:
        person_id: the person whom the face must belong to; an unknown person matches no face.
        image_sha256: the image that the face must be in; an unknown image matches no face.
        ungrouped: whether the face must belong to nobody.
        rejected: whether it must be one that a user rejected; else it must not.

    """

    person_id: str | None = None
    image_sha256: str | None = None
    ungrouped: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are meant.

    Attributes:
        include_hidden: whether hidden people are meant too.
        name: parts of the name that they must have, in any case, between which there may be anything; empty for any.
        named: whether they must have one.
        favorite: whether they must be favourites.

    """

    include_hidden: bool = False
    name: tuple[str, ...] = ()
    named: bool = False
    favorite: bool = False


ANY_IMAGE: Final = ImageFilter()
ANY_FACE: Final = FaceFilter()
SHOWN_PEOPLE: Final = PeopleFilter()
ALL_PEOPLE: Final = PeopleFilter(include_hidden=True)
