"""Which images, faces and people a list holds: those that meet every condition that is set."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images are meant.

    Attributes:
        labels: classes of objects, all of which the image must hold; a label that the library has never seen matches
            no image.
        person_id: a person whose face the image must hold; an unknown person matches no image.

    """

    labels: tuple[str, ...] = ()
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class FaceFilter:
    """Which faces are meant.

    Attributes:
        person_id: the person whom the face must belong to; an unknown person matches no face.
        image_sha256: the image that the face must be in; an unknown image matches no face.
        ungrouped: whether the face must belong to nobody.

    """

    person_id: str | None = None
    image_sha256: str | None = None
    ungrouped: bool = False


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are meant.

    Attributes:
        include_hidden: whether hidden people are meant too.

    """

    include_hidden: bool = False


ANY_IMAGE: Final = ImageFilter()
ANY_FACE: Final = FaceFilter()
SHOWN_PEOPLE: Final = PeopleFilter()
ALL_PEOPLE: Final = PeopleFilter(include_hidden=True)
