"""Faces that users hand back to clustering."""

from collections import Counter
from collections.abc import Mapping

from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import FaceOwner
from services.catalog.storage.people import find_people


def released(cursor: Cursor, grouping: Grouping, owners: Mapping[int, FaceOwner]) -> dict[int, int]:
    """Return where faces start from when clustering decides about them again.

    From nobody, so that clustering is free; but a person who would lose every face, and the name, keeps them. Of these,
    faces of photos from before the person was born are left out: clustering may not give them to the person.
    """
    people = find_people(cursor, {owner.person_id for owner in owners.values()} - {""})
    leaving = Counter(owner.person_id for owner in owners.values())
    faces = sorted(owners)
    moves = {}
    for face, too_early in zip(faces, grouping.too_early(faces), strict=True):
        person = people.get(owners[face].person_id)
        if person is None or leaving[person.id] < person.face_count:
            moves[face] = NOBODY
        elif not too_early:
            moves[face] = person.number
    return moves
