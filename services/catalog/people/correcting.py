"""Carries out what a user says of faces and people."""

from collections.abc import Iterable

import numpy as np

from services.catalog.people.correction import Correction
from services.catalog.people.days import EVER
from services.catalog.people.gatherer import Gatherer
from services.catalog.people.group import Group, face_group, person_group
from services.catalog.people.roster import NOBODY, Keys, Roster


def carry_out(correction: Correction, roster: Roster, gatherer: Gatherer) -> None:
    """Do what a user says, on a roster that can be rolled back, and regroup the people who lose faces by it."""
    before = roster.said
    roster.say(before.after(correction))
    faces = np.array(sorted(correction.moves), np.int64)
    people = np.array([correction.moves[face] for face in faces.tolist()], np.int32)
    losing_faces = free_owners(roster, faces)
    roster.put(faces, people, correction.pinned)
    let_go = _let_go(roster, correction.births)
    gatherer.regroup(losing_faces)
    if not correction.at_once:
        return
    if not correction.pinned:
        let_go = np.union1d(let_go, faces[roster.owners_of(faces) == NOBODY])
    # Faces that a user lets go look for a person again, those that found people first.
    is_clear = roster.is_clear(let_go)
    gatherer.regroup(face_group(face) for face in let_go[is_clear].tolist())
    gatherer.place_blurred(let_go[~is_clear])
    for person, birth in sorted(correction.births.items()):
        if birth < before.births.get(person, EVER):
            gatherer.invite(person)


def free_owners(roster: Roster, faces: Keys) -> list[Group]:
    """Return the people of `faces` who are not curated, and so may be regrouped."""
    people = {int(person) for person in np.unique(roster.owners_of(faces))}
    return [person_group(person) for person in sorted(people - roster.curated - {NOBODY})]


def early_faces(roster: Roster, person: int, birth: int) -> Keys:
    """Return the faces of a person, ascending, of photos from before the day `birth`, that no user gave them."""
    faces = roster.faces(person)
    return faces[(roster.days(faces) < birth) & ~roster.pinned(faces)]


def _let_go(roster: Roster, people: Iterable[int]) -> Keys:
    """Take the faces from people that are too early for them; return these, ascending."""
    early = [early_faces(roster, person, roster.birth(person)) for person in people]
    faces = np.sort(np.concatenate([np.empty(0, np.int64), *early]))
    roster.move(faces, NOBODY)
    return faces
