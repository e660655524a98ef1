"""Faces that take the place of others in edits, so that undoing moves what is there now."""

from collections.abc import Mapping

from services.catalog.edits.payload import EditPayload
from services.catalog.storage.drawn_faces import drawn_among
from services.catalog.storage.edits import change_edit_faces, payloads_in_force, rewrite_payload
from services.catalog.storage.face_owners import read_owners
from services.catalog.storage.transaction import Transaction


def succeed_faces(transaction: Transaction, successors: Mapping[int, int]) -> None:
    """Let all edits that can be undone be about other faces, given as old -> new, in the place of the old ones.

    The old ones still exist.
    """
    if not successors:
        return
    owners = {face: owner.person_id for face, owner in read_owners(transaction.cursor, successors.keys()).items()}
    drawn = drawn_among(transaction.cursor, set(successors.values()))
    gone: dict[int, frozenset[int]] = {}
    new: dict[int, frozenset[int]] = {}
    people = set(owners.values()) - {""}
    for edit_id, stored, faces_known in payloads_in_force(transaction.cursor, successors.keys(), people):
        before = EditPayload.from_bytes(stored)
        after = before.with_successors(successors, owners, drawn)
        if after != before:
            rewrite_payload(transaction.cursor, edit_id, after.to_bytes())
        known = before.remembered_faces if faces_known else frozenset()
        if after != before or not faces_known:
            gone[edit_id], new[edit_id] = known - after.remembered_faces, after.remembered_faces - known
    change_edit_faces(transaction.cursor, gone, new)
