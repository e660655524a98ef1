"""Carries out what users say of people, and stores what it takes to undo it, in one transaction."""

from dataclasses import replace
from datetime import UTC

from services.catalog.edits.comparison import compare
from services.catalog.edits.payload import EditPayload
from services.catalog.edits.plan import Planner
from services.catalog.edits.record import EditKind, EditOutcome, EditRecord
from services.catalog.edits.rejection import accept, reject
from services.catalog.edits.request import EditRequest, request_id_reused
from services.catalog.events import Resource
from services.catalog.parts import PLAIN_FACE
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import FaceRecord
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.edits import EditRow, find_request, insert_edit
from services.catalog.storage.face_records import find_faces
from services.catalog.storage.known import Known
from services.catalog.storage.people import raise_revisions, read_people, read_person
from services.catalog.storage.statements_of_people import write_said
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.trash import set_trashed_owners


class EditWriter:
    """Writes edits of one library; holds off other writers meanwhile.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        kept: how many edits are remembered.

    """

    def __init__(self, database: Database, people: PeopleWriter, *, kept: int) -> None:
        self._database = database
        self._people = people
        self._kept = kept

    def write(self, kind: EditKind, planner: Planner, request: EditRequest, *, validate_only: bool) -> EditOutcome:
        """Carry out what `planner` plans, or only find out what it would do.

        A request that was carried out before is answered as then. Whatever the planner raises leaves everything as it
        was.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.

        """
        with self._database.write() as transaction:
            self._people.ensure_loaded()
            known = _answered_before(transaction.cursor, kind, request)
            if known is not None:
                return known
            plan = planner(transaction)
            if plan.changes_nothing:
                return EditOutcome(None, read_people(transaction.cursor, [plan.subject]).get(plan.subject))
            write_said(transaction.cursor, plan.said, transaction.now)
            raise_revisions(transaction.cursor, plan.correction.curated)
            transaction.note(Resource.PERSON, plan.correction.curated | plan.said.keys())
            # Before people go, for some stay because of these.
            set_trashed_owners(transaction.cursor, {face: (person, True) for face, person in plan.trashed.items()})
            accept(transaction, self._people, plan.accepted)
            moved = self._people.correct(transaction, plan.whole)
            reject(transaction, self._people, plan.rejected)
            # Another cursor still sees the rows as they were before this transaction.
            with self._database.read() as old:
                payload = compare(old, transaction.cursor, plan, moved)
            if validate_only:
                return _rehearsal(transaction, kind, payload)
            edit_id = insert_edit(
                transaction,
                kind=kind.value,
                request_id=request.id,
                request_digest=request.digest,
                payload=payload.to_bytes(),
                people=payload.people,
                faces=payload.remembered_faces,
                kept=self._kept,
            )
            person, face = read_person(transaction.cursor, payload.subject), _drawn_face(transaction.cursor, payload)
            transaction.commit()
        return EditOutcome(_record(edit_id, kind, transaction, payload), person, face)

    def answered(self, kind: EditKind, request: EditRequest) -> EditOutcome | None:
        """Return the answer to a request that was carried out before; None if it was not.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.

        """
        with self._database.read() as cursor:
            return _answered_before(cursor, kind, request)


def edit_of(row: EditRow) -> tuple[EditRecord, EditPayload]:
    """Return the edit that a row holds, and what it takes to undo it."""
    payload = EditPayload.from_bytes(row.payload)
    record = EditRecord(
        id=row.id,
        kind=EditKind(row.kind),
        create_time=row.create_time.replace(tzinfo=UTC),
        undone=row.undone,
        face_count=payload.face_count,
        person_count=payload.person_count,
        people=payload.changes,
    )
    return record, payload


def _record(edit_id: int, kind: EditKind, transaction: Transaction, payload: EditPayload) -> EditRecord:
    return EditRecord(
        id=edit_id,
        kind=kind,
        create_time=transaction.now.replace(tzinfo=UTC),
        undone=False,
        face_count=payload.face_count,
        person_count=payload.person_count,
        people=payload.changes,
    )


def _answered_before(cursor: Cursor, kind: EditKind, request: EditRequest) -> EditOutcome | None:
    """Return the answer to a request that is sent again; None if it is not."""
    row = find_request(cursor, request.id) if request.id else None
    if row is None:
        return None
    # Edits of old have no digest: their kind is all there is to compare.
    if row.kind != kind.value or row.request_digest not in ("", request.digest):
        raise request_id_reused(request)
    edit, payload = edit_of(row)
    return EditOutcome(edit, read_person(cursor, payload.subject), _drawn_face(cursor, payload))


def _drawn_face(cursor: Cursor, payload: EditPayload) -> FaceRecord | None:
    """Return the face that an edit drew, if it is in sight."""
    # What is not durable yet must not be remembered.
    faces = find_faces(cursor, Known(), payload.drawn, PLAIN_FACE)
    return faces[0] if faces else None


def _rehearsal(transaction: Transaction, kind: EditKind, payload: EditPayload) -> EditOutcome:
    """Return the answer without the ids that nothing will ever have."""
    known = {person.id for person in payload.before}
    record = _record(0, kind, transaction, payload)
    people = tuple(change if change.person_id in known else replace(change, person_id="") for change in record.people)
    person, face = read_person(transaction.cursor, payload.subject), _drawn_face(transaction.cursor, payload)
    if person is not None and person.id not in known:
        person = replace(person, id="")
    if face is not None:
        face = replace(face, id=0, person_id=face.person_id if face.person_id in known else None)
    return EditOutcome(replace(record, people=people), person, face)
