"""What users did to people, as the catalog answers with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import UNSAID, PersonStatements
from services.catalog.records import FaceRecord


@unique
class EditKind(StrEnum):
    """Kind of an edit, as it is stored."""

    UPDATE = "update"
    MERGE = "merge"
    SPLIT = "split"
    REASSIGN = "reassign"
    SEPARATE = "separate"
    REJECT = "reject"
    ACCEPT = "accept"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What an edit made of a person.

    Attributes:
        person_id: the person; empty for one that a rehearsal would have created.
        faces_before: 0 for a new person.
        faces_after: 0 for a person who was gone.
        before: what users said of the person; nothing of a new one.
        after: what they said then; nothing of a person who was gone.

    """

    person_id: str
    faces_before: int
    faces_after: int
    before: PersonStatements = UNSAID
    after: PersonStatements = UNSAID


@dataclass(frozen=True, slots=True)
class EditRecord:
    """An edit.

    Attributes:
        id: grows with time; 0 for a rehearsal.
        kind: what was done.
        create_time: when.
        undone: whether it was taken back.
        face_count: faces that changed person, or were drawn, rejected or accepted.
        person_count: people that were changed.
        people: the first of them, those with most faces first.

    """

    id: int
    kind: EditKind
    create_time: datetime
    undone: bool
    face_count: int
    person_count: int
    people: tuple[PersonChange, ...]


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """The answer to an edit.

    Attributes:
        edit: the edit; None if there was nothing to change.
        person: the person that it was about: the changed, the remaining or the new one, or the target; None if there is
            none, or if the edit is one from before and the person is gone since.
        face: the face that it drew; None if there is none, or if it is gone or rejected since.

    """

    edit: EditRecord | None
    person: PersonRecord | None
    face: FaceRecord | None = None
