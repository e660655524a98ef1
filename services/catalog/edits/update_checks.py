"""What users may not say of a person."""

from datetime import date

from services.catalog.not_found import face_not_found
from services.catalog.people.days import birth_number
from services.catalog.people.grouping import Grouping
from services.catalog.person_record import PersonRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import read_owners
from services.common.errors import FailedPreconditionError, Reason


def check_cover(cursor: Cursor, library_id: str, person: PersonRecord, face: int) -> None:
    """Refuse a face that can't stand for a person.

    Raises:
        NotFoundError: FACE_NOT_FOUND.
        FailedPreconditionError: COVER_NOT_OF_PERSON.

    """
    owner = read_owners(cursor, [face]).get(face)
    if owner is None:
        raise face_not_found(library_id, face)
    if owner.person_id != person.id:
        raise FailedPreconditionError(
            Reason.COVER_NOT_OF_PERSON,
            "The face that is to stand for the person is not one of them. Choose another, or give it to the person "
            "first.",
            resource=f"libraries/{library_id}/faces/{face}",
        )


def check_birth_date(grouping: Grouping, library_id: str, person: PersonRecord, birth_date: date) -> None:
    """Refuse a birth date that would take every face from a person, and end them.

    Raises:
        FailedPreconditionError: BIRTH_DATE_TAKES_ALL.

    """
    early = len(grouping.early_faces(person.number, birth_number(birth_date)))
    if early and early == len(grouping.faces_of(person.number)):
        raise FailedPreconditionError(
            Reason.BIRTH_DATE_TAKES_ALL,
            f"All photos of this person were taken before {birth_date}, so that no face would be left. If that is the "
            "birth date, and a clock was wrong, give a face to the person first: ReassignFaces keeps it there.",
            resource=f"libraries/{library_id}/people/{person.id}",
            metadata={"value": str(birth_date)},
        )
