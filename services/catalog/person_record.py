"""A person, as the catalog answers with it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.catalog.person_statements import PersonStatements


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person.

    Attributes:
        id: 12 characters of lower-case base32.
        number: of the person's row; never shown, and a person who comes back by an undo has another one.
        display_name: that a user gave; may be empty.
        hidden: whether lists leave the person out.
        revision: how often users changed the person; curated if it is not 0.
        cover_face_id: the face that a user chose, else that of the highest score.
        face_count: >= 1.
        image_count: >= 1.
        create_time: when first seen.
        update_time: when what users say of the person last changed; create_time until then.
        favorite: whether the person is one of the favourites.
        birth_date: None as long as nobody said it.
        chosen_cover_id: the face that a user chose, which counts while it is the person's; 0 if nobody chose.
        cover_thumbnail: JPEG of the cover face; None unless asked for.

    """

    id: str
    number: int
    display_name: str
    hidden: bool
    revision: int
    cover_face_id: int
    face_count: int
    image_count: int
    create_time: datetime
    update_time: datetime
    favorite: bool = False
    birth_date: date | None = None
    chosen_cover_id: int = 0
    cover_thumbnail: bytes | None = None

    @property
    def said(self) -> PersonStatements:
        """What users said of the person."""
        return PersonStatements(self.display_name, self.hidden, self.favorite, self.birth_date, self.chosen_cover_id)

    def saying(self, said: PersonStatements) -> "PersonRecord":
        """Return the person with other statements."""
        return replace(
            self,
            display_name=said.display_name,
            hidden=said.hidden,
            favorite=said.favorite,
            birth_date=said.birth_date,
            chosen_cover_id=said.cover_face_id,
        )

    @property
    def etag(self) -> str:
        """Changes with what users say of the person, and by edits."""
        return hashlib.sha256(f"{self.id}/{self.revision}".encode()).hexdigest()[:16]
