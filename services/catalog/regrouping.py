"""Writes who belongs to whom after a change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from services.catalog.database import Cursor
from services.catalog.face_table import set_people
from services.catalog.membership import NOBODY
from services.catalog.people import Reassignment
from services.catalog.person_table import delete_people, grow_person, insert_people, recount_people


def write_reassignment(
    cursor: Cursor,
    result: Reassignment,
    people_before: Callable[[Sequence[int]], list[int]],
    now: datetime,
    *,
    new_faces: Mapping[int, float] = MappingProxyType({}),
    bereft: Collection[int] = (),
) -> None:
    """Bring the rows of faces and people to `result`; the rows of new faces are there and have their person already.

    Args:
        cursor: in the write transaction.
        result: what the rule of people answered.
        people_before: looks up the person of faces before the change.
        now: naive UTC.
        new_faces: faces of one image that were not there before, with their scores.
        bereft: people who lost faces that are no longer there.

    """
    faces = result.faces.tolist()
    after = dict(zip(faces, result.membership.of(result.faces).tolist(), strict=True))
    moved = [face for face in faces if face not in new_faces]
    insert_people(cursor, result.created, now)
    set_people(cursor, moved, [after[face] for face in moved])
    changed = {*result.created, *people_before(moved), *(after[face] for face in moved), *bereft} - {NOBODY}
    gone = {person for person in changed if result.membership.faces(person).size == 0}
    recount_people(cursor, sorted(changed - gone))
    delete_people(cursor, sorted(gone))
    joined: dict[int, list[tuple[float, int]]] = {}
    for face, score in new_faces.items():
        if (person := after.get(face, NOBODY)) not in changed | {NOBODY}:
            joined.setdefault(person, []).append((score, face))
    for person, gained in joined.items():
        grow_person(cursor, person, gained)
