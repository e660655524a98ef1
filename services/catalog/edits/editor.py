"""What users say of people: who is the same, who is not, and whose a face is."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from services.catalog.display_name import checked_display_name
from services.catalog.edits.record import EditKind, EditOutcome
from services.catalog.edits.writer import EditWriter, Plan
from services.catalog.not_found import face_not_found, person_not_found
from services.catalog.people.roster import NOBODY
from services.catalog.people.statement import Statement
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage import curation
from services.catalog.storage.curation import PersonRow
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.people import insert_people, read_person
from services.common.errors import AbortedError, FailedPreconditionError, InvalidArgumentError, Reason
from services.common.excerpt import excerpt

MAX_PEOPLE: Final = 100
MAX_FACES: Final = 10_000
MAX_MERGED_FACES: Final = 250_000
_REQUEST_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Faces are this person's."""

    person_id: str


@dataclass(frozen=True, slots=True)
class ToNewPerson:
    """Faces are a new person's, who is called `display_name`."""

    display_name: str


@dataclass(frozen=True, slots=True)
class ToNobody:
    """Faces are nobody's."""


@dataclass(frozen=True, slots=True)
class ToAutomatic:
    """Clustering decides whose faces they are."""


Target = ToPerson | ToNewPerson | ToNobody | ToAutomatic


class PeopleEditor:
    """Corrects the people of one library. Each correction is durable when its method returns.

    Every method takes `validate_only`, to find out what would happen while nothing does, and `request_id`, the
    caller's own UUID for the edit or empty: the same one again is answered with the first edit. Every method raises
    InvalidArgumentError REQUEST_ID_INVALID for another text.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        library_id: for messages.

    """

    def __init__(self, database: Database, people: PeopleWriter, library_id: str) -> None:
        self._people = people
        self._library_id = library_id
        self._writer = EditWriter(database, people)

    def merge(
        self,
        person_id: str,
        others: Sequence[str],
        *,
        etag: str = "",
        validate_only: bool = False,
        request_id: str = "",
    ) -> EditOutcome:
        """Make people one; the person's name wins, else the first name of `others`.

        Raises:
            InvalidArgumentError: PEOPLE_INVALID, or TOO_MANY_FACES of the others.
            NotFoundError: PERSON_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        _check_people(others, least=1, field="others", beside=person_id)

        def plan(cursor: Cursor, now: datetime) -> Plan:  # noqa: ARG001
            heir, *rest = self._find(cursor, (person_id, *others))
            person = read_person(cursor, person_id)
            if etag and person is not None and etag != person.etag:
                raise AbortedError(
                    Reason.ETAG_MISMATCH,
                    f"The person has changed since its etag was {excerpt(etag)!r}. Get it again, then repeat.",
                    resource=f"libraries/{self._library_id}/people/{person_id}",
                )
            _check_count(sum(other.face_count for other in rest), MAX_MERGED_FACES, field="others")
            faces = self._faces_of(rest)
            gone = {other.number for other in rest}
            pairs = curation.read_apart(cursor, gone)
            inner = frozenset(pair for pair in pairs if set(pair) <= gone | {heir.number})
            inherited = {_pair(heir.number, *(set(pair) - gone)) for pair in pairs - inner}
            name = heir.state.display_name or next(filter(None, (other.state.display_name for other in rest)), "")
            return Plan(
                Statement(
                    moves=dict.fromkeys(faces, heir.number),
                    curated=frozenset({heir.number}),
                    apart=frozenset(inherited),
                    reconciled=inner,
                ),
                heir.number,
                {heir.number: (name, heir.state.hidden)} if name != heir.state.display_name else {},
            )

        return self._write(EditKind.MERGE, plan, request_id, validate_only=validate_only)

    def split(
        self,
        person_id: str,
        faces: Collection[int],
        *,
        display_name: str = "",
        validate_only: bool = False,
        request_id: str = "",
    ) -> EditOutcome:
        """Make some faces of a person a new person, who is not the old one.

        Raises:
            InvalidArgumentError: FACES_EMPTY, TOO_MANY_FACES, SPLIT_TAKES_ALL or DISPLAY_NAME_TOO_LONG.
            NotFoundError: PERSON_NOT_FOUND or FACE_NOT_FOUND.
            FailedPreconditionError: FACE_OF_ANOTHER_PERSON.

        """
        wanted = _check_faces(faces)
        name = checked_display_name(display_name, field="display_name")

        def plan(cursor: Cursor, now: datetime) -> Plan:
            (person,) = self._find(cursor, (person_id,))
            for face, row in sorted(self._find_faces(cursor, wanted).items()):
                if row.person != person.number:
                    raise FailedPreconditionError(
                        Reason.FACE_OF_ANOTHER_PERSON,
                        f"Face {face} is not one of this person now. List the person's faces, then repeat.",
                        resource=f"libraries/{self._library_id}/faces/{face}",
                    )
            if len(wanted) >= person.face_count:
                raise InvalidArgumentError(
                    Reason.SPLIT_TAKES_ALL,
                    f"These are all {person.face_count} faces that the person has. Leave at least one, or give the "
                    "person another name.",
                    field="faces",
                    metadata={"limit": str(person.face_count - 1), "value": str(len(wanted))},
                )
            number = self._create(cursor, now)
            statement = Statement(
                moves=dict.fromkeys(sorted(wanted), number),
                curated=frozenset({person.number, number}),
                apart=frozenset({_pair(person.number, number)}),
            )
            return Plan(statement, number, {number: (name, False)} if name else {})

        return self._write(EditKind.SPLIT, plan, request_id, validate_only=validate_only)

    def reassign(
        self, faces: Collection[int], target: Target, *, validate_only: bool = False, request_id: str = ""
    ) -> EditOutcome:
        """Say whose faces these are, or let clustering decide again.

        Raises:
            InvalidArgumentError: FACES_EMPTY, TOO_MANY_FACES or DISPLAY_NAME_TOO_LONG.
            NotFoundError: PERSON_NOT_FOUND or FACE_NOT_FOUND.

        """
        wanted = _check_faces(faces)
        name = ""
        if isinstance(target, ToNewPerson):
            name = checked_display_name(target.display_name, field="new_person.display_name")

        def plan(cursor: Cursor, now: datetime) -> Plan:
            rows = self._find_faces(cursor, wanted)
            number = NOBODY
            if isinstance(target, ToPerson):
                (person,) = self._find(cursor, (target.person_id,))
                number = person.number
            elif isinstance(target, ToNewPerson):
                number = self._create(cursor, now)
            elif isinstance(target, ToAutomatic):
                moves = self._released(cursor, {face: row.person for face, row in rows.items()})
                return Plan(Statement(moves=moves, pinned=False))
            curated = frozenset({number} - {NOBODY})
            statement = Statement(moves=dict.fromkeys(sorted(wanted), number), curated=curated)
            return Plan(statement, number, {number: (name, False)} if name else {})

        return self._write(EditKind.REASSIGN, plan, request_id, validate_only=validate_only)

    def separate(self, people: Sequence[str], *, validate_only: bool = False, request_id: str = "") -> EditOutcome:
        """Say that people are all different.

        Raises:
            InvalidArgumentError: PEOPLE_INVALID.
            NotFoundError: PERSON_NOT_FOUND.

        """
        _check_people(people, least=2, field="people")

        def plan(cursor: Cursor, now: datetime) -> Plan:  # noqa: ARG001
            numbers = sorted(row.number for row in self._find(cursor, people))
            return Plan(Statement(curated=frozenset(numbers), apart=frozenset(combinations(numbers, 2))))

        return self._write(EditKind.SEPARATE, plan, request_id, validate_only=validate_only)

    def _write(
        self, kind: EditKind, plan: Callable[[Cursor, datetime], Plan], request_id: str, *, validate_only: bool
    ) -> EditOutcome:
        known = request_id.lower()
        if known and _REQUEST_ID.fullmatch(known) is None:
            raise InvalidArgumentError(
                Reason.REQUEST_ID_INVALID,
                f"{excerpt(request_id)!r} is no UUID. Make one up for each edit, or leave it empty.",
                field="request_id",
            )
        return self._writer.write(kind, plan, request_id=known, validate_only=validate_only)

    def _create(self, cursor: Cursor, now: datetime) -> int:
        number = self._people.take_number(cursor)
        insert_people(cursor, [number], now)
        return number

    def _find(self, cursor: Cursor, person_ids: Sequence[str]) -> list[PersonRow]:
        found = curation.find_people(cursor, person_ids)
        for person_id in person_ids:
            if person_id not in found:
                raise person_not_found(self._library_id, person_id)
        return [found[person_id] for person_id in person_ids]

    def _find_faces(self, cursor: Cursor, faces: frozenset[int]) -> dict[int, curation.FaceRow]:
        rows = curation.read_face_rows(cursor, faces)
        if missing := faces - rows.keys():
            raise face_not_found(self._library_id, min(missing))
        return rows

    def _faces_of(self, people: Sequence[PersonRow]) -> list[int]:
        grouping = self._people.loaded()
        return [int(face) for person in people for face in grouping.faces_of(person.number)]

    def _released(self, cursor: Cursor, owners: dict[int, int]) -> dict[int, int]:
        """Start from nobody, so that clustering is free; but whoever would lose every face and the name keeps them."""
        people = curation.read_people(cursor, set(owners.values()) - {NOBODY})
        leaving = Counter(owners.values())
        emptied = {number for number, row in people.items() if leaving[number] >= row.face_count}
        return {face: owner if owner in emptied else NOBODY for face, owner in sorted(owners.items())}


def _pair(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)


def _check_people(people: Sequence[str], *, least: int, field: str, beside: str = "") -> None:
    if not least <= len(people) <= MAX_PEOPLE:
        why = f"{len(people)} people are given, and it takes {least} to {MAX_PEOPLE}"
    elif len({*people, beside}) <= len(people):
        why = "The same person is given twice"
    else:
        return
    raise InvalidArgumentError(
        Reason.PEOPLE_INVALID,
        f"{why}.",
        field=field,
        metadata={"limit": str(MAX_PEOPLE), "value": str(len(people))},
    )


def _check_faces(faces: Collection[int]) -> frozenset[int]:
    if not faces:
        raise InvalidArgumentError(Reason.FACES_EMPTY, "No face is given.", field="faces")
    _check_count(len(faces), MAX_FACES, field="faces")
    return frozenset(faces)


def _check_count(faces: int, limit: int, *, field: str) -> None:
    if faces > limit:
        raise InvalidArgumentError(
            Reason.TOO_MANY_FACES,
            f"{faces:,} faces are more than the {limit:,} that one edit may move. Do it in several.",
            field=field,
            metadata={"limit": str(limit), "value": str(faces)},
        )
