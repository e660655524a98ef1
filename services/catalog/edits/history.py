"""The edits of a library, and the way back."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.catalog.edits.payload import EditPayload, Pair
from services.catalog.edits.record import EditRecord
from services.catalog.edits.writer import numbers_kept
from services.catalog.not_found import edit_not_found
from services.catalog.people.roster import NOBODY
from services.catalog.people.statement import Statement
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import Page
from services.catalog.storage import curation
from services.catalog.storage.curation import Apart, PersonRow
from services.catalog.storage.database import Cursor, Database, utc_now
from services.catalog.storage.edits import MAX_EDITS, later_edits, mark_undone, page_of_edits, read_edit
from services.common.errors import FailedPreconditionError, Reason

_HINT: Final = "List the edits to see what can be undone."


class EditHistory:
    """Reads the edits of one library, and undoes them.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        library_id: for messages.

    """

    def __init__(self, database: Database, people: PeopleWriter, library_id: str) -> None:
        self._database = database
        self._people = people
        self._library_id = library_id

    def get(self, edit_id: int) -> EditRecord:
        """Return an edit.

        Raises:
            NotFoundError: EDIT_NOT_FOUND.

        """
        with self._database.read() as cursor:
            return self._read(cursor, edit_id)[0]

    def page(self, *, before: int | None = None, limit: int) -> Page[EditRecord, int]:
        """List edits, the newest first; `before` is `next_key` of the page before."""
        with self._database.read() as cursor:
            return page_of_edits(cursor, before=before, limit=limit)

    def undo(self, edit_id: int, *, validate_only: bool = False) -> EditRecord:
        """Take an edit back; faces that are gone stay gone, and names given since stay.

        Raises:
            NotFoundError: EDIT_NOT_FOUND.
            FailedPreconditionError: EDIT_UNDONE, or EDIT_SUPERSEDED by a later edit of the same people or faces.

        """
        with self._database.exclusive():
            self._people.loaded()
            with self._database.write() as transaction, numbers_kept(self._people, transaction):
                cursor, now = transaction.cursor, utc_now()
                edit, payload = self._read(cursor, edit_id)
                self._check(cursor, edit, payload)
                if not validate_only:
                    mark_undone(cursor, edit_id)
                    with self._stating(self._way_back(cursor, payload, now), cursor, now):
                        transaction.commit()
                return replace(edit, undone=True)

    @contextlib.contextmanager
    def _stating(self, statements: Iterable[Statement], cursor: Cursor, now: datetime) -> Iterator[None]:
        try:
            with contextlib.ExitStack() as stack:
                for statement in statements:
                    stack.enter_context(self._people.stating(cursor, statement, now))
                yield
        except BaseException:
            # Only the last of several statements can be undone in memory; the rows have them all taken back.
            self._people.loaded().broken = True
            raise

    def _read(self, cursor: Cursor, edit_id: int) -> tuple[EditRecord, EditPayload]:
        found = read_edit(cursor, edit_id)
        if found is None:
            raise edit_not_found(self._library_id, edit_id, MAX_EDITS)
        return found

    def _check(self, cursor: Cursor, edit: EditRecord, payload: EditPayload) -> None:
        if edit.undone:
            raise FailedPreconditionError(
                Reason.EDIT_UNDONE,
                f"Edit {edit.id} is undone already. {_HINT}",
                resource=f"libraries/{self._library_id}/edits/{edit.id}",
            )
        for later, other in later_edits(cursor, edit.id):
            if payload.meets(other):
                raise FailedPreconditionError(
                    Reason.EDIT_SUPERSEDED,
                    f"Edit {later.id} changed the same people or faces later. Undo it first. {_HINT}",
                    resource=f"libraries/{self._library_id}/edits/{later.id}",
                )

    def _way_back(self, cursor: Cursor, payload: EditPayload, now: datetime) -> Iterator[Statement]:
        """Bring the people's rows back, and return what is to be said of their faces, one after the other."""
        there = curation.read_face_rows(cursor, payload.faces.keys())
        faces = {face: state for face, state in payload.faces.items() if face in there}
        people = curation.find_people(cursor, payload.people | {state.person_id for state in faces.values()} - {""})
        anew = self._faces_since(cursor, payload, people, faces.keys())
        numbers = {person_id: row.number for person_id, row in people.items()} | {"": NOBODY}
        back = {state.person_id for state in faces.values()} - people.keys() - {""}
        for state in payload.before:
            if state.id in back:
                numbers[state.id] = self._people.take_number(cursor)
                curation.restore_people(cursor, [(numbers[state.id], state)])
        curation.rename_people(cursor, _names_back(payload, people), now)
        homes = {face: numbers[state.person_id] for face, state in faces.items()}
        curated = frozenset(homes.values()) | frozenset(
            numbers[state.id] for state in payload.before if state.id in numbers
        )
        curation.raise_revisions(cursor, curated & {row.number for row in people.values()})
        # Everything is first put exactly where it was; only then may clustering decide, about what was free before.
        yield Statement(
            moves=homes,
            curated=curated - {NOBODY},
            apart=_by_number(payload.reconciled, numbers),
            reconciled=_by_number(payload.parted, numbers),
        )
        free = {face: homes[face] for face, state in faces.items() if not state.pinned}
        free |= dict.fromkeys(anew, NOBODY)
        if free:
            yield Statement(moves=dict(sorted(free.items())), pinned=False)

    def _faces_since(
        self, cursor: Cursor, payload: EditPayload, people: Mapping[str, PersonRow], leaving: Iterable[int]
    ) -> list[int]:
        """Return the faces that clustering gave since to people who gained faces by the edit.

        A person who existed before the edit, and would lose the last face and the name with it, keeps them.
        """
        lost = set(leaving)
        existed = {state.id for state in payload.before}
        since: list[int] = []
        for taker in payload.takers & people.keys():
            row = people[taker]
            came = curation.free_faces_since(cursor, [row.number], payload.last_face)
            left = row.face_count - len(came) - sum(face in lost for face in self._people.loaded().faces_of(row.number))
            if taker not in existed or left > 0:
                since += came
        return since


def _names_back(payload: EditPayload, people: Mapping[str, PersonRow]) -> dict[int, tuple[str, bool]]:
    """Return the names and visibilities to restore, by number: those that nobody changed since."""
    said = {}
    for state in payload.before:
        row, then = people.get(state.id), payload.after.get(state.id)
        before = (state.display_name, state.hidden)
        if row is not None and then != before and then == (row.state.display_name, row.state.hidden):
            said[row.number] = before
    return said


def _by_number(pairs: Iterable[Pair], numbers: Mapping[str, int]) -> Apart:
    known = [(numbers[one], numbers[other]) for one, other in pairs if one in numbers and other in numbers]
    return frozenset((min(pair), max(pair)) for pair in known)
