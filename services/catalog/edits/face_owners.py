"""Whose the faces are that a user speaks of."""

from collections.abc import Collection

from services.catalog.not_found import face_not_found
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import FaceOwner, read_owners
from services.catalog.storage.people import find_people


def find_owners(cursor: Cursor, library_id: str, faces: frozenset[int]) -> dict[int, FaceOwner]:
    """Return whose each face is.

    Raises:
        NotFoundError: FACE_NOT_FOUND.

    """
    owners = read_owners(cursor, faces)
    if missing := faces - owners.keys():
        raise face_not_found(library_id, min(missing))
    return owners


def givers(cursor: Cursor, owners: Collection[FaceOwner]) -> frozenset[int]:
    """Return the people, by number, who lose faces by a user's word.

    They were sorted by hand, as in a split, and are not for clustering to end.
    """
    people = find_people(cursor, {owner.person_id for owner in owners} - {""})
    return frozenset(giver.number for giver in people.values())
