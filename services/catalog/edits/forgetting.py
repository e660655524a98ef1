"""Forgets the names of people whose photos are all deleted: the memory of edits must not outlive them."""

from collections.abc import Collection, Iterator

from services.catalog.edits.payload import EditPayload
from services.catalog.events import Resource
from services.catalog.storage.edits import all_edits, edits_about, read_edit, rewrite_payload
from services.catalog.storage.face_owners import read_all_owners
from services.catalog.storage.people import find_people
from services.catalog.storage.transaction import Transaction


def forget_names(transaction: Transaction, people: Collection[str]) -> None:
    """Take the names of `people`, and of whoever was merged into them and has no face left, out of all edits.

    Args:
        transaction: in which these people have just lost their last faces.
        people: ids of people who are gone.

    """
    pending, forgotten = set(people), set[str]()
    while pending:
        forgotten |= pending
        beside: set[str] = set()
        for edit_id, payload in _edits_about(transaction, pending):
            cleaned = payload.without_names_of(pending)
            if cleaned != payload:
                _rewrite(transaction, edit_id, cleaned)
            beside |= payload.people
        # Whoever an edit made a part of somebody who is gone may have no face left either.
        candidates = beside - forgotten - find_people(transaction.cursor, beside).keys()
        pending = {person for person in candidates if not _has_faces(transaction, person)}


def forget_faceless(transaction: Transaction) -> None:
    """Take the names of people who don't exist, and whose faces are all deleted, out of all edits.

    `forget_names` finds those who go with a deletion. Others went before, by an edit or its undoing, and their faces
    belonged to somebody else, or to nobody, when they were deleted. This looks through all edits, so it is for moments
    in which nobody waits.
    """
    faces: dict[str, set[int]] = {}
    for edit_id in all_edits(transaction.cursor):
        row = read_edit(transaction.cursor, edit_id)
        if row is None:
            continue
        payload = EditPayload.from_bytes(row.payload)
        for person in payload.named:
            # Whose the faces became is not remembered, so all of an edit count for whom it created.
            owned = payload.faces if person in payload.created else _faces_of(payload, person)
            faces.setdefault(person, set()).update(owned)
    gone = faces.keys() - find_people(transaction.cursor, faces.keys()).keys()
    left = read_all_owners(transaction.cursor, set().union(*(faces[person] for person in gone))).keys()
    faceless = [person for person in gone if faces[person].isdisjoint(left)]
    for edit_id, payload in _edits_about(transaction, faceless):
        cleaned = payload.without_names_of(faceless)
        if cleaned != payload:
            _rewrite(transaction, edit_id, cleaned)


def _rewrite(transaction: Transaction, edit_id: int, cleaned: EditPayload) -> None:
    rewrite_payload(transaction.cursor, edit_id, cleaned.to_bytes())
    transaction.note(Resource.EDIT, [edit_id])
    transaction.note_erasure()


def _faces_of(payload: EditPayload, person: str) -> list[int]:
    """Return the faces that an edit took from a person."""
    return [face for face, owner in payload.faces.items() if owner.person_id == person]


def _has_faces(transaction: Transaction, person: str) -> bool:
    """Return whether a face that an edit took from a person, who does not exist now, is still there."""
    for _, payload in _edits_about(transaction, [person]):
        if read_all_owners(transaction.cursor, _faces_of(payload, person)):
            return True
    return False


def _edits_about(transaction: Transaction, people: Collection[str]) -> Iterator[tuple[int, EditPayload]]:
    for edit_id in edits_about(transaction.cursor, people):
        row = read_edit(transaction.cursor, edit_id)
        if row is not None:
            yield edit_id, EditPayload.from_bytes(row.payload)
