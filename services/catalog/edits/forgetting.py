"""Forgets the names of people whose photos are all deleted: the memory of edits must not outlive them."""

from collections.abc import Collection, Iterator

from services.catalog.edits.payload import EditPayload
from services.catalog.storage.database import Transaction
from services.catalog.storage.edits import edits_about, read_edit, rewrite_payload
from services.catalog.storage.face_owners import read_owners
from services.catalog.storage.people import find_people


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
                rewrite_payload(transaction.cursor, edit_id, cleaned.to_bytes())
            beside |= payload.people
        # Whoever an edit made a part of somebody who is gone may have no face left either.
        candidates = beside - forgotten - find_people(transaction.cursor, beside).keys()
        pending = {person for person in candidates if not _has_faces(transaction, person)}


def _has_faces(transaction: Transaction, person: str) -> bool:
    """Return whether a face that an edit took from a person, who does not exist now, is still there."""
    for _, payload in _edits_about(transaction, [person]):
        faces = [face for face, owner in payload.faces.items() if owner.person_id == person]
        if read_owners(transaction.cursor, faces):
            return True
    return False


def _edits_about(transaction: Transaction, people: Collection[str]) -> Iterator[tuple[int, EditPayload]]:
    for edit_id in edits_about(transaction.cursor, people):
        row = read_edit(transaction.cursor, edit_id)
        if row is not None:
            yield edit_id, EditPayload.from_bytes(row.payload)
