"""What an edit changed: the rows from before its transaction against those that it leaves."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.catalog.edits.payload import EditPayload, Pair
from services.catalog.edits.plan import Plan
from services.catalog.edits.record import PersonChange
from services.catalog.people.correction import Pairs
from services.catalog.people.roster import NOBODY
from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import UNSAID
from services.catalog.storage.apart import read_apart_of
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import FaceOwner, read_all_owners, read_beside
from services.catalog.storage.faces import newest_face
from services.catalog.storage.people import find_people, read_people

MAX_CHANGES_SHOWN: Final = 200


def compare(old: Cursor, new: Cursor, plan: Plan, moved: Iterable[int]) -> EditPayload:
    """Return all that an edit changed.

    Args:
        old: sees the rows as they were before the edit's transaction.
        new: the transaction's own.
        plan: of the edit.
        moved: faces whose person changed, those that clustering moved included.

    """
    turned = plan.rejected | plan.accepted | plan.drawn
    faces = {*moved, *plan.correction.moves, *plan.trashed, *turned}
    unborn = dict.fromkeys(plan.drawn, FaceOwner("", pinned=False))
    owners, owners_now = read_all_owners(old, faces) | unborn, read_all_owners(new, faces)
    changed = {face: owner for face, owner in owners.items() if owner != owners_now[face] or face in turned}
    numbers = set(plan.correction.curated) | _numbers_of(old, new, changed, owners_now)
    apart, apart_now = read_apart_of(old, numbers), read_apart_of(new, numbers)
    # Whoever was told apart from one of these people, or no longer is, is changed by the edit too.
    numbers |= {number for pair in apart ^ apart_now for number in pair}
    before, after = read_people(old, numbers), read_people(new, numbers)
    ids = {number: person.id for number, person in (*before.items(), *after.items())}
    numbers_then = {person.id: number for number, person in before.items()}
    homes = {face: numbers_then.get(owner.person_id, NOBODY) for face, owner in changed.items()}
    changes = _changes(before, after)
    return EditPayload(
        subject=ids.get(plan.subject, ""),
        faces=changed,
        gaining=_gaining(changed, owners_now),
        before=tuple(before.values()),
        after={person.id: person.said for person in after.values()},
        parted=_by_id(apart_now - apart, ids),
        reconciled=_by_id(apart - apart_now, ids),
        last_face=newest_face(old),
        beside=frozenset(read_beside(old, homes)),
        changes=changes[:MAX_CHANGES_SHOWN],
        person_count=len(changes),
        face_count=sum(
            face in turned or (owner.person_id != owners_now[face].person_id and face not in plan.trashed)
            for face, owner in changed.items()
        ),
        rejected=plan.rejected,
        accepted=plan.accepted,
        drawn=plan.drawn,
    )


def _numbers_of(
    old: Cursor, new: Cursor, changed: Mapping[int, FaceOwner], owners_now: Mapping[int, FaceOwner]
) -> set[int]:
    """Return the numbers of all who lost or gained faces."""
    ids = {owner.person_id for owner in changed.values()} | {owners_now[face].person_id for face in changed}
    people = [*find_people(old, ids - {""}).values(), *find_people(new, ids - {""}).values()]
    return {person.number for person in people}


def _gaining(changed: Mapping[int, FaceOwner], owners_now: Mapping[int, FaceOwner]) -> frozenset[str]:
    """Return the people who gained a face."""
    gaining = set()
    for face, owner in changed.items():
        now = owners_now[face].person_id
        if now not in (owner.person_id, ""):
            gaining.add(now)
    return frozenset(gaining)


def _by_id(pairs: Pairs, ids: Mapping[int, str]) -> tuple[Pair, ...]:
    return tuple(sorted((ids[low], ids[high]) for low, high in pairs if low in ids and high in ids))


def _changes(before: Mapping[int, PersonRecord], after: Mapping[int, PersonRecord]) -> tuple[PersonChange, ...]:
    """Return what became of each person, those with most faces first."""
    changes = []
    for number in before.keys() | after.keys():
        old, new = before.get(number), after.get(number)
        either = old or new
        if either is None:
            continue
        changes.append(
            PersonChange(
                person_id=either.id,
                faces_before=old.face_count if old else 0,
                faces_after=new.face_count if new else 0,
                before=old.said if old else UNSAID,
                after=new.said if new else UNSAID,
            )
        )
    changes.sort(key=lambda change: (-max(change.faces_before, change.faces_after), change.person_id))
    return tuple(changes)
