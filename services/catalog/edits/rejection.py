"""Faces out of everybody's sight, and into it again, in rows and in memory."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.images import touch_images
from services.catalog.storage.rejected_faces import accept_faces, images_of_faces, reject_faces
from services.catalog.storage.transaction import Transaction


def reject(transaction: Transaction, people: PeopleWriter, faces: Collection[int]) -> None:
    """Reject faces; whose they are lose them."""
    if not faces:
        return
    _touch(transaction, faces)
    if in_sight := reject_faces(transaction.cursor, faces):
        people.remove(transaction, in_sight)


def accept(transaction: Transaction, people: PeopleWriter, faces: Collection[int]) -> None:
    """Reject faces no more: they stay nobody's until a correction in the same transaction says whose they are."""
    if not faces:
        return
    found = accept_faces(transaction.cursor, faces)
    _touch(transaction, faces)
    if len(found.ids):
        people.restore(transaction, replace(found, pinned=np.ones(len(found.ids), np.bool_)))


def _touch(transaction: Transaction, faces: Collection[int]) -> None:
    images = images_of_faces(transaction.cursor, faces)
    touch_images(transaction.cursor, images, transaction.now)
    transaction.note_images(images)
