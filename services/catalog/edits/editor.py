"""What users say of people: their names, who is the same, who is not, and whose a face is."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final, Unpack

from services.catalog.birth_date import checked_birth_date
from services.catalog.display_name import checked_display_name
from services.catalog.drawn_faces import DrawnFaces
from services.catalog.edits.bounds import EditBounds, check_count, check_people, checked_faces
from services.catalog.edits.drawer import FaceDrawer
from services.catalog.edits.face_owners import find_owners, givers
from services.catalog.edits.plan import Plan, Planner
from services.catalog.edits.record import EditKind, EditOutcome
from services.catalog.edits.rejecter import FaceRejecter
from services.catalog.edits.release import released
from services.catalog.edits.request import EditRequest
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToPerson
from services.catalog.edits.update_checks import check_birth_date, check_cover
from services.catalog.edits.writer import EditWriter
from services.catalog.events import Change, Resource
from services.catalog.not_found import person_not_found
from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.people_writer import PeopleWriter
from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import PersonStatements, PersonUpdate
from services.catalog.storage.apart import read_apart_of
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.people import find_people, insert_people, new_person_id
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.trash import trashed_faces_of
from services.common.errors import AbortedError, FailedPreconditionError, InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.plural import plural

_NO_REQUEST: Final = EditRequest()


class PeopleEditor:
    """Corrects the people of one library. Each correction is durable when its method returns.

    Every method takes `validate_only`, to find out what would happen while nothing does, and `request`: one that was
    carried out before is answered with the first edit.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        library_id: for messages.
        bounds: of one edit, and of how many are remembered.
        drawn: puts faces that users draw on images.

    Attributes:
        faces: rejects faces.
        drawing: draws faces.

    """

    def __init__(
        self, database: Database, people: PeopleWriter, library_id: str, bounds: EditBounds, drawn: DrawnFaces
    ) -> None:
        self._people = people
        self._library_id = library_id
        self._bounds = bounds
        self._writer = EditWriter(database, people, kept=bounds.edits)
        self.faces = FaceRejecter(self._writer, library_id, bounds)
        self.drawing = FaceDrawer(database, self._writer, drawn, library_id, self._aim)

    def update(
        self,
        person_id: str,
        *,
        etag: str = "",
        validate_only: bool = False,
        request: EditRequest = _NO_REQUEST,
        **said: Unpack[PersonUpdate],
    ) -> EditOutcome:
        """Change what users say of a person. Whoever is said to be born later than thought lets go of earlier faces.

        Raises:
            InvalidArgumentError: DISPLAY_NAME_TOO_LONG or DATE_INVALID.
            NotFoundError: PERSON_NOT_FOUND or FACE_NOT_FOUND.
            FailedPreconditionError: COVER_NOT_OF_PERSON or BIRTH_DATE_TAKES_ALL.
            AbortedError: ETAG_MISMATCH.

        """
        if "display_name" in said:
            said["display_name"] = checked_display_name(said["display_name"], field="person.display_name")
        birth_date, cover = said.get("birth_date"), said.get("cover_face_id", 0)
        if birth_date is not None:
            checked_birth_date(birth_date, field="person.birth_date")

        def plan(transaction: Transaction) -> Plan:
            person = self._find_one(transaction.cursor, person_id, etag)
            after = replace(person.said, **said)
            if after == person.said:
                return Plan(Correction(), person.number)
            if cover:
                check_cover(transaction.cursor, self._library_id, person, cover)
            if birth_date is not None:
                check_birth_date(self._people.ensure_loaded(), self._library_id, person, birth_date)
            return Plan(Correction(curated=frozenset({person.number})), person.number, {person.number: after})

        return self._write(EditKind.UPDATE, plan, request, validate_only=validate_only)

    def merge(
        self,
        person_id: str,
        others: Sequence[str],
        *,
        etag: str = "",
        validate_only: bool = False,
        request: EditRequest = _NO_REQUEST,
    ) -> EditOutcome:
        """Make people one; what is said of the person wins, else what is of the first of `others` who has it.

        Raises:
            InvalidArgumentError: PEOPLE_INVALID, or TOO_MANY_FACES of the others.
            NotFoundError: PERSON_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        check_people(others, self._bounds.people, least=1, field="others", beside=person_id)

        def plan(transaction: Transaction) -> Plan:
            heir = self._find_one(transaction.cursor, person_id, etag)
            rest = self._find(transaction.cursor, others)
            check_count(sum(other.face_count for other in rest), self._bounds.merged_faces, field="others")
            gone = {other.number for other in rest}
            pairs = read_apart_of(transaction.cursor, gone)
            # Who was told apart and is merged now is reconciled; the others' enemies become the heir's.
            reconciled = frozenset(pair for pair in pairs if set(pair) <= gone | {heir.number})
            inherited = {_pair(heir.number, *(set(pair) - gone)) for pair in pairs - reconciled}
            said = heir.said.inheriting(other.said for other in rest)
            correction = Correction(
                moves=dict.fromkeys(self._faces_of(rest), heir.number),
                curated=frozenset({heir.number}),
                apart=frozenset(inherited),
                reconciled=reconciled,
            )
            trashed = dict.fromkeys(trashed_faces_of(transaction.cursor, gone), heir.number)
            return Plan(correction, heir.number, {heir.number: said} if said != heir.said else {}, trashed)

        return self._write(EditKind.MERGE, plan, request, validate_only=validate_only)

    def split(
        self,
        person_id: str,
        faces: Collection[int],
        *,
        display_name: str = "",
        validate_only: bool = False,
        request: EditRequest = _NO_REQUEST,
    ) -> EditOutcome:
        """Make some faces of a person a new person, who is not the old one.

        Raises:
            InvalidArgumentError: FACES_EMPTY, TOO_MANY_FACES, SPLIT_TAKES_ALL or DISPLAY_NAME_TOO_LONG.
            NotFoundError: PERSON_NOT_FOUND or FACE_NOT_FOUND.
            FailedPreconditionError: FACE_OF_ANOTHER_PERSON.

        """
        wanted = checked_faces(faces, self._bounds.faces)
        name = checked_display_name(display_name, field="display_name")

        def plan(transaction: Transaction) -> Plan:
            person = self._find_one(transaction.cursor, person_id)
            self._check_owner(transaction.cursor, person, wanted)
            number = self._create(transaction)
            correction = Correction(
                moves=dict.fromkeys(sorted(wanted), number),
                curated=frozenset({person.number, number}),
                apart=frozenset({_pair(person.number, number)}),
            )
            return Plan(correction, number, _named(number, name))

        return self._write(EditKind.SPLIT, plan, request, validate_only=validate_only)

    def reassign(
        self,
        faces: Collection[int],
        target: Target,
        *,
        validate_only: bool = False,
        request: EditRequest = _NO_REQUEST,
    ) -> EditOutcome:
        """Say whose faces these are, or let clustering decide again.

        Raises:
            InvalidArgumentError: FACES_EMPTY, TOO_MANY_FACES or DISPLAY_NAME_TOO_LONG.
            NotFoundError: PERSON_NOT_FOUND or FACE_NOT_FOUND.

        """
        wanted = checked_faces(faces, self._bounds.faces)
        if isinstance(target, ToNewPerson):
            checked_display_name(target.display_name, field="new_person.display_name")

        def plan(transaction: Transaction) -> Plan:
            owners = find_owners(transaction.cursor, self._library_id, wanted)
            if isinstance(target, ToAutomatic):
                moves = released(transaction.cursor, self._people.ensure_loaded(), owners)
                return Plan(Correction(moves=moves, pinned=False))
            number, said = self._aim(transaction, target)
            curated = givers(transaction.cursor, owners.values()) | ({number} - {NOBODY})
            correction = Correction(moves=dict.fromkeys(sorted(wanted), number), curated=curated)
            return Plan(correction, number, said)

        return self._write(EditKind.REASSIGN, plan, request, validate_only=validate_only)

    def separate(
        self, people: Sequence[str], *, validate_only: bool = False, request: EditRequest = _NO_REQUEST
    ) -> EditOutcome:
        """Say that people are all different.

        Raises:
            InvalidArgumentError: PEOPLE_INVALID.
            NotFoundError: PERSON_NOT_FOUND.

        """
        check_people(people, self._bounds.people, least=2, field="people")

        def plan(transaction: Transaction) -> Plan:
            numbers = sorted(person.number for person in self._find(transaction.cursor, people))
            pairs = frozenset(combinations(numbers, 2))
            if pairs <= read_apart_of(transaction.cursor, numbers):
                return Plan(Correction())
            return Plan(Correction(curated=frozenset(numbers), apart=pairs))

        return self._write(EditKind.SEPARATE, plan, request, validate_only=validate_only)

    def _write(self, kind: EditKind, planner: Planner, request: EditRequest, *, validate_only: bool) -> EditOutcome:
        return self._writer.write(kind, planner, request, validate_only=validate_only)

    def _aim(self, transaction: Transaction, target: Target) -> tuple[int, dict[int, PersonStatements]]:
        """Return the number of the person whom a target means, 0 for nobody, and what is said of a new one."""
        if isinstance(target, ToPerson):
            return self._find_one(transaction.cursor, target.person_id).number, {}
        if isinstance(target, ToNewPerson):
            number = self._create(transaction)
            return number, _named(number, checked_display_name(target.display_name, field="new_person.display_name"))
        return NOBODY, {}

    def _create(self, transaction: Transaction) -> int:
        number = self._people.take_number(transaction)
        insert_people(transaction.cursor, [(number, new_person_id(), transaction.now, None)])
        transaction.note(Resource.PERSON, [number], Change.CREATED)
        return number

    def _find_one(self, cursor: Cursor, person_id: str, etag: str = "") -> PersonRecord:
        (person,) = self._find(cursor, [person_id])
        if etag and etag != person.etag:
            raise AbortedError(
                Reason.ETAG_MISMATCH,
                f"The person has changed since its etag was {excerpt(etag)!r}. Get it again, then repeat.",
                resource=f"libraries/{self._library_id}/people/{person_id}",
            )
        return person

    def _find(self, cursor: Cursor, person_ids: Sequence[str]) -> list[PersonRecord]:
        found = find_people(cursor, person_ids)
        for person_id in person_ids:
            if person_id not in found or not found[person_id].face_count:
                raise person_not_found(self._library_id, person_id)
        return [found[person_id] for person_id in person_ids]

    def _faces_of(self, people: Sequence[PersonRecord]) -> list[int]:
        grouping = self._people.ensure_loaded()
        return [int(face) for person in people for face in grouping.faces_of(person.number)]

    def _check_owner(self, cursor: Cursor, person: PersonRecord, faces: frozenset[int]) -> None:
        """Refuse faces that are not a person's, and all that the person has."""
        for face, owner in sorted(find_owners(cursor, self._library_id, faces).items()):
            if owner.person_id != person.id:
                raise FailedPreconditionError(
                    Reason.FACE_OF_ANOTHER_PERSON,
                    f"Face {face} is not one of this person now. List the person's faces, then repeat.",
                    resource=f"libraries/{self._library_id}/faces/{face}",
                )
        if len(faces) >= person.face_count:
            raise InvalidArgumentError(
                Reason.SPLIT_TAKES_ALL,
                f"{plural(person.face_count, 'face')} would be split off, and the person has no other. Leave at least "
                "one, or give the person another name.",
                field="faces",
                metadata={"limit": str(person.face_count - 1), "value": str(len(faces))},
            )


def _named(person: int, display_name: str) -> dict[int, PersonStatements]:
    """Return what is said of a new person."""
    return {person: PersonStatements(display_name)} if display_name else {}


def _pair(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)
