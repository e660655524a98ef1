"""Carries out what users say of people, and stores what it takes to undo it, in one transaction."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn

from services.catalog.edits.payload import EditPayload, FaceState, Pair
from services.catalog.edits.record import EditKind, EditOutcome, EditRecord, PersonChange
from services.catalog.people.roster import NOBODY
from services.catalog.people.statement import Statement
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage import curation
from services.catalog.storage.curation import Apart, FaceRow, PersonRow
from services.catalog.storage.database import Cursor, Database, Transaction, utc_now
from services.catalog.storage.edits import edit_record, find_request, insert_edit
from services.catalog.storage.people import read_person

MAX_CHANGES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """An edit to carry out; the rows of new people are inserted.

    Attributes:
        statement: what it says of faces and people; its `curated` people are those whom the edit is about.
        subject: number of the person that the answer shows, 0 for none.
        said: new name and visibility of people, by number.

    """

    statement: Statement
    subject: int = NOBODY
    said: Mapping[int, tuple[str, bool]] = field(default_factory=dict)


class _Rehearsed(Exception):  # noqa: N818
    """Ends a transaction that must change nothing, and carries its answer."""

    def __init__(self, outcome: EditOutcome) -> None:
        super().__init__("rehearsed")
        self.outcome = outcome


@contextlib.contextmanager
def numbers_kept(people: PeopleWriter, transaction: Transaction) -> Iterator[None]:
    """Let people's numbers that the block reserved go, unless it commits."""
    try:
        yield
    finally:
        people.end(committed=transaction.committed)


class EditWriter:
    """Writes edits of one library; holds off other writers meanwhile.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.

    """

    def __init__(self, database: Database, people: PeopleWriter) -> None:
        self._database = database
        self._people = people

    def write(
        self, kind: EditKind, plan: Callable[[Cursor, datetime], Plan], *, request_id: str, validate_only: bool
    ) -> EditOutcome:
        """Carry out what `plan` returns, given the transaction's cursor and the time; or only find out what it does.

        A request that was carried out before is answered as then. Whatever `plan` raises leaves everything as it was.
        """
        try:
            with self._database.exclusive():
                self._people.loaded()
                with self._database.write() as transaction, numbers_kept(self._people, transaction):
                    cursor, now = transaction.cursor, utc_now()
                    if request_id and (known := find_request(cursor, request_id)) is not None:
                        return EditOutcome(known[0], read_person(cursor, known[1].subject))
                    planned = plan(cursor, now)
                    curation.rename_people(cursor, planned.said, now)
                    curation.raise_revisions(cursor, planned.statement.curated)
                    with self._people.stating(cursor, planned.statement, now) as result:
                        payload = self._payload(cursor, planned, result.faces.tolist())
                        if validate_only:
                            _rehearse(cursor, kind, now, payload)
                        edit = insert_edit(cursor, kind, request_id, now, payload)
                        person = read_person(cursor, payload.subject)
                        transaction.commit()
                    return EditOutcome(edit, person)
        except _Rehearsed as rehearsed:
            return rehearsed.outcome

    def _payload(self, cursor: Cursor, plan: Plan, moved: Iterable[int]) -> EditPayload:
        """Compare the rows with those from before the transaction, which another cursor still sees."""
        ids = {*moved, *plan.statement.moves}
        with self._database.read() as old:
            faces_before = curation.read_face_rows(old, ids)
            faces_after = curation.read_face_rows(cursor, ids)
            faces = {face: row for face, row in faces_before.items() if row != faces_after[face]}
            numbers = {row.person for face in faces for row in (faces[face], faces_after[face])}
            numbers |= plan.statement.curated
            apart_before = curation.read_apart(old, numbers)
            apart_after = curation.read_apart(cursor, numbers)
            numbers |= {number for pair in apart_before ^ apart_after for number in pair}
            before = curation.read_people(old, numbers)
            last_face = curation.newest_face(old)
        after = curation.read_people(cursor, numbers)
        ids_of = {number: row.state.id for number, row in (*before.items(), *after.items())}
        changes = _changes(before, after)
        return EditPayload(
            subject=ids_of.get(plan.subject, ""),
            faces={face: FaceState(ids_of.get(row.person, ""), row.pinned) for face, row in faces.items()},
            takers=_takers(faces, faces_after, ids_of),
            before=tuple(row.state for row in before.values()),
            after={row.state.id: (row.state.display_name, row.state.hidden) for row in after.values()},
            parted=_by_id(apart_after - apart_before, ids_of),
            reconciled=_by_id(apart_before - apart_after, ids_of),
            last_face=last_face,
            changes=changes[:MAX_CHANGES_SHOWN],
            person_count=len(changes),
            face_count=sum(row.person != faces_after[face].person for face, row in faces.items()),
        )


def _takers(before: Mapping[int, FaceRow], after: Mapping[int, FaceRow], ids_of: Mapping[int, str]) -> frozenset[str]:
    moved = {after[face].person for face, row in before.items() if after[face].person != row.person}
    return frozenset(ids_of[number] for number in moved - {NOBODY})


def _by_id(pairs: Apart, ids_of: Mapping[int, str]) -> tuple[Pair, ...]:
    return tuple(sorted((ids_of[low], ids_of[high]) for low, high in pairs if low in ids_of and high in ids_of))


def _changes(before: Mapping[int, PersonRow], after: Mapping[int, PersonRow]) -> tuple[PersonChange, ...]:
    changes = []
    for number in before.keys() | after.keys():
        old, new = before.get(number), after.get(number)
        either = old or new
        if either is not None:
            changes.append(
                PersonChange(
                    person_id=either.state.id,
                    name_before=old.state.display_name if old else "",
                    name_after=new.state.display_name if new else "",
                    faces_before=old.face_count if old else 0,
                    faces_after=new.face_count if new else 0,
                )
            )
    changes.sort(key=lambda change: (-max(change.faces_before, change.faces_after), change.person_id))
    return tuple(changes)


def _rehearse(cursor: Cursor, kind: EditKind, now: datetime, payload: EditPayload) -> NoReturn:
    """Answer without the ids that nothing will ever have."""
    known = {state.id for state in payload.before}
    record: EditRecord = edit_record(0, kind, now, payload)
    people = tuple(change if change.person_id in known else replace(change, person_id="") for change in record.people)
    person = read_person(cursor, payload.subject)
    if person is not None and person.id not in known:
        person = replace(person, id="")
    raise _Rehearsed(EditOutcome(replace(record, people=people), person))
