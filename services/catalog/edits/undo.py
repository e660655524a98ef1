"""The way back from an edit."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from services.catalog.edits.history import EditHistory
from services.catalog.edits.payload import EditPayload, Pair
from services.catalog.edits.record import EditKind, EditRecord
from services.catalog.edits.rejection import accept, reject
from services.catalog.edits.writer import edit_of
from services.catalog.events import Change, Resource
from services.catalog.people.correction import Correction, Pairs
from services.catalog.people.roster import NOBODY
from services.catalog.people_writer import PeopleWriter
from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.apart import forget_apart
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.edits import later_edits, mark_undone
from services.catalog.storage.face_owners import (
    FaceOwner,
    read_beside,
    read_owners,
    read_trashed_owners,
    read_unpinned,
)
from services.catalog.storage.people import (
    delete_faceless,
    find_people,
    raise_revisions,
    restore_person,
)
from services.catalog.storage.statements_of_people import write_said
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.trash import set_trashed_owners
from services.common.errors import FailedPreconditionError, Reason

_HINT: Final = "List the edits to see what can be undone."


class EditUndo:
    """Takes edits of one library back.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        library_id: for messages.
        history: the edits.
        erase_faces: erases faces that were drawn; whose they are is settled before.

    """

    def __init__(
        self,
        database: Database,
        people: PeopleWriter,
        library_id: str,
        history: EditHistory,
        erase_faces: Callable[[Transaction, Collection[int]], None],
    ) -> None:
        self._database = database
        self._people = people
        self._library_id = library_id
        self._history = history
        self._erase_faces = erase_faces

    def undo(self, edit_id: int, *, validate_only: bool = False) -> EditRecord:
        """Take an edit back; faces that are gone stay gone, and names given since stay.

        Raises:
            NotFoundError: EDIT_NOT_FOUND.
            FailedPreconditionError: EDIT_UNDONE, or EDIT_SUPERSEDED by a later edit of the same people or faces.

        """
        with self._database.write() as transaction:
            self._people.ensure_loaded()
            edit, payload = self._history.read(transaction.cursor, edit_id)
            self._check(transaction.cursor, edit, payload)
            if not validate_only:
                mark_undone(transaction, edit_id)
                accept(transaction, self._people, payload.rejected)
                for correction in self._way_back(transaction, payload):
                    self._people.correct(transaction, correction)
                reject(transaction, self._people, payload.accepted)
                self._erase_faces(transaction, payload.drawn)
                faceless = delete_faceless(transaction.cursor)
                transaction.note_gone(Resource.PERSON, faceless)
                forget_apart(transaction.cursor, faceless)
                transaction.commit()
        return replace(edit, undone=True)

    def _check(self, cursor: Cursor, edit: EditRecord, payload: EditPayload) -> None:
        if edit.undone:
            raise FailedPreconditionError(
                Reason.EDIT_UNDONE,
                f"Edit {edit.id} is undone already. {_HINT}",
                resource=f"libraries/{self._library_id}/edits/{edit.id}",
            )
        for row in later_edits(cursor, edit.id):
            later, other = edit_of(row)
            if _supersedes(later, other, edit, payload):
                raise FailedPreconditionError(
                    Reason.EDIT_SUPERSEDED,
                    f"Edit {later.id} changed the same people or faces later. Undo it first.",
                    resource=f"libraries/{self._library_id}/edits/{later.id}",
                )

    def _way_back(self, transaction: Transaction, payload: EditPayload) -> list[Correction]:
        """Bring the people's rows back, and return what is to be said of their faces, one after the other."""
        cursor = transaction.cursor
        existing = read_owners(cursor, payload.faces.keys())
        owners = {face: owner for face, owner in payload.faces.items() if face in existing}
        in_trash = read_trashed_owners(cursor, payload.faces.keys())
        trashed = {face: owner for face, owner in payload.faces.items() if face in in_trash}
        wanted = {owner.person_id for owner in (*owners.values(), *trashed.values())}
        people = find_people(cursor, payload.people | wanted - {""})
        since = self._faces_since(cursor, payload, people, owners)
        numbers = {person_id: person.number for person_id, person in people.items()} | {"": NOBODY}
        restored = self._restore(transaction, payload, wanted - people.keys())
        numbers |= {person.id: number for number, person in restored.items()}
        set_trashed_owners(cursor, {face: (numbers[owner.person_id], owner.pinned) for face, owner in trashed.items()})
        said = _said_back(payload, people)
        write_said(cursor, said, transaction.now)

        homes = {face: numbers[owner.person_id] for face, owner in owners.items()}
        changed = {numbers[person.id] for person in payload.before if person.id in numbers}
        curated = frozenset((set(homes.values()) | changed) - {NOBODY})
        raise_revisions(cursor, curated & {person.number for person in people.values()})
        transaction.note(Resource.PERSON, curated | said.keys())
        # Clustering has no say in where faces were, not even where it would put free ones elsewhere today.
        exactly = Correction(
            moves=homes,
            at_once=False,
            curated=curated,
            apart=_by_number(payload.reconciled, numbers),
            reconciled=_by_number(payload.parted, numbers),
        ).about({number: person.said for number, person in restored.items()} | said)
        free = {face: homes[face] for face, owner in owners.items() if not owner.pinned}
        let_go = Correction(moves=free, pinned=False, at_once=False)
        # Newcomers look for a person while the edit's own faces are held where they were, and don't take those along.
        return [exactly, Correction(moves=dict.fromkeys(since, NOBODY), pinned=False), let_go]

    def _restore(self, transaction: Transaction, payload: EditPayload, gone: set[str]) -> dict[int, PersonRecord]:
        """Insert those of `gone` whom the edit knew, and return them by their new numbers."""
        restored = {}
        for person in payload.before:
            if person.id in gone:
                number = self._people.take_number(transaction)
                restore_person(transaction.cursor, number, person)
                transaction.note(Resource.PERSON, [number], Change.CREATED)
                restored[number] = person
        return restored

    def _faces_since(
        self, cursor: Cursor, payload: EditPayload, people: Mapping[str, PersonRecord], owners: Mapping[int, FaceOwner]
    ) -> list[int]:
        """Return the faces that clustering gave people since, and that lose them by the undo.

        Whoever the edit created loses all of them, and is gone. A person who existed before loses those that are newer
        than the edit, unless the last face, and the name with it, would go too. Whoever gets a face back loses those
        that took its place in its photo, or the photo would show one person twice.
        """
        lost = owners.keys()
        grouping = self._people.ensure_loaded()
        since: list[int] = []
        for person_id in payload.gaining & people.keys():
            person = people[person_id]
            if person_id in payload.created:
                # At first all of such a person's faces were the edit's own, so the others came later, however old.
                since += [face for face in read_unpinned(cursor, person.number) if face not in lost]
                continue
            newer = read_unpinned(cursor, person.number, after=payload.last_face)
            # One that took an old face's place is newer than the edit, and yet did not come since.
            came = [face for face in newer if face not in lost and face not in payload.stand_ins]
            going = sum(int(face) in lost for face in grouping.faces_of(person.number))
            if person.face_count - len(came) - going > 0:
                since += came
        homes = {face: people[owner.person_id].number for face, owner in owners.items() if owner.person_id in people}
        beside = [face for face in read_beside(cursor, homes) if face not in lost and face not in payload.beside]
        return sorted({*since, *beside})


def _supersedes(later: EditRecord, other: EditPayload, edit: EditRecord, payload: EditPayload) -> bool:
    """Return whether a later edit, with the payload `other`, has to be undone before `edit` can be."""
    if later.kind is EditKind.UPDATE and edit.kind is not EditKind.UPDATE:
        # A name that was given since stays, unless undoing would end the person who bears it; so does a birth date,
        # unless it let go of the same faces.
        return not other.people.isdisjoint(payload.created) or not other.faces.keys().isdisjoint(payload.faces)
    return payload.meets(other)


def _said_back(payload: EditPayload, people: Mapping[str, PersonRecord]) -> dict[int, PersonStatements]:
    """Return what is said of people again, by number, where that differs: what nobody changed since."""
    said = {}
    for person in payload.before:
        now, then = people.get(person.id), payload.after.get(person.id)
        if now is not None and then is not None:
            back = now.said.taken_back(person.said, then)
            if back != now.said:
                said[now.number] = back
    return said


def _by_number(pairs: Iterable[Pair], numbers: Mapping[str, int]) -> Pairs:
    known = [(numbers[one], numbers[other]) for one, other in pairs if one in numbers and other in numbers]
    return frozenset((min(pair), max(pair)) for pair in known)
