"""Faces that take the place of others in edits, so that undoing moves what is there now."""

from collections.abc import Mapping

from services.catalog.edits.payload import EditPayload
from services.catalog.storage.database import Transaction
from services.catalog.storage.edits import payloads_in_force, rewrite_payload


def succeed_faces(transaction: Transaction, successors: Mapping[int, int]) -> None:
    """Let all edits that can be undone be about other faces, given as old -> new, in the place of the old ones."""
    for edit_id, stored in payloads_in_force(transaction.cursor):
        payload = EditPayload.from_bytes(stored)
        if not payload.faces.keys().isdisjoint(successors):
            rewrite_payload(transaction.cursor, edit_id, payload.with_successors(successors).to_bytes())
