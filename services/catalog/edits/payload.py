"""What it takes to undo an edit: how things were before it, in people's ids, for numbers are used again."""

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import accumulate, pairwise
from typing import Any, Final

from services.catalog.edits.record import PersonChange
from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.face_owners import FaceOwner

Pair = tuple[str, str]
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class EditPayload:
    """All that an edit changed.

    Attributes:
        subject: the person that the answer to the edit shows; empty if there is none.
        faces: whose each changed face was before, by id.
        gaining: people who gained faces or were created.
        before: the people that existed and were changed, as they were; numbers and counts are not kept.
        after: what users said then of the same people and of new ones, unless they were gone.
        parted: pairs of people that were said to be different.
        reconciled: pairs of people that were no longer said to be.
        last_face: the newest face at that time.
        stand_ins: newer faces, each in the place of one that a gaining person had and the edit did not change.
        beside: faces that stayed, and that one photo showed as the same person as a face that the edit changed.
        rejected: faces that were rejected.
        accepted: faces that were not rejected any more.
        drawn: faces that were not there before; in `faces` they are nobody's.
        changes: the people that changed, for people to read.
        person_count: how many people changed; `changes` may hold fewer.
        face_count: faces that changed person.

    """

    subject: str
    faces: dict[int, FaceOwner]
    gaining: frozenset[str]
    before: tuple[PersonRecord, ...]
    after: dict[str, PersonStatements]
    parted: tuple[Pair, ...]
    reconciled: tuple[Pair, ...]
    last_face: int
    changes: tuple[PersonChange, ...]
    person_count: int
    face_count: int
    stand_ins: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    accepted: frozenset[int] = frozenset()
    drawn: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[str]:
        """Everybody whom the edit was about."""
        pairs = (person for pair in (*self.parted, *self.reconciled) for person in pair)
        return frozenset((*(person.id for person in self.before), *self.after, *pairs))

    @property
    def remembered_faces(self) -> frozenset[int]:
        """Every face that the edit changed, or that stands in for one."""
        return self.stand_ins.union(self.faces)

    @property
    def created(self) -> frozenset[str]:
        """People who were not there before."""
        return frozenset(self.after) - {person.id for person in self.before}

    @property
    def named(self) -> frozenset[str]:
        """Everybody whose name or birth date the edit remembers."""
        told = [(person.id, person.said) for person in self.before]
        told += self.after.items()
        told += [(change.person_id, said) for change in self.changes for said in (change.before, change.after)]
        return frozenset(person for person, said in told if said != said.forgotten())

    def meets(self, other: "EditPayload") -> bool:
        """Return whether both are about a person or a face."""
        return not self.people.isdisjoint(other.people) or not self.faces.keys().isdisjoint(other.faces.keys())

    def without_names_of(self, people: Collection[str]) -> "EditPayload":
        """Return the same, with the names and birth dates of `people` forgotten."""
        return self._with_said(lambda person, said: said.forgotten() if person in people else said)

    def with_successors(
        self, successors: Mapping[int, int], owners: Mapping[int, str], drawn: Collection[int] = ()
    ) -> "EditPayload":
        """Return the same, about other faces in the place of old ones.

        Args:
            successors: new face of each old one; a new one that the edit is about already stays as it is.
            owners: id of the person of each old face.
            drawn: those of the new faces that users drew; what a detector found is not for an undo to erase.

        """
        moved = {old: new for old, new in successors.items() if old in self.faces and new not in self.faces}
        left = successors.keys() - self.faces.keys()
        old = {face for face in left if face <= self.last_face or face in self.stand_ins}
        kept = {successors[face] for face in old if owners.get(face) in self.gaining}
        same_covers = self._with_said(
            lambda _, said: replace(said, cover_face_id=successors.get(said.cover_face_id, said.cover_face_id))
        )
        return replace(
            same_covers,
            faces={moved.get(face, face): owner for face, owner in self.faces.items()},
            stand_ins=(self.stand_ins - successors.keys()) | {face for face in kept if face > self.last_face},
            beside=frozenset(successors.get(face, face) for face in self.beside),
            rejected=frozenset(successors.get(face, face) for face in self.rejected),
            accepted=frozenset(successors.get(face, face) for face in self.accepted),
            drawn=(self.drawn - successors.keys())
            | {new for old, new in successors.items() if old in self.drawn and new in drawn},
        )

    def _with_said(self, change: Callable[[str, PersonStatements], PersonStatements]) -> "EditPayload":
        """Return the same, with what users said of each person, by id, changed."""
        return replace(
            self,
            before=tuple(person.saying(change(person.id, person.said)) for person in self.before),
            after={person: change(person, said) for person, said in self.after.items()},
            changes=tuple(
                replace(one, before=change(one.person_id, one.before), after=change(one.person_id, one.after))
                for one in self.changes
            ),
        )

    def to_bytes(self) -> bytes:
        """Return the payload as it is stored: JSON, compressed; ids of faces as differences, which are small."""
        ids = sorted(self.faces)
        owners = sorted({state.person_id for state in self.faces.values()})
        place = {owner: index for index, owner in enumerate(owners)}
        document = {
            "version": _VERSION,
            "subject": self.subject,
            "faces": [ids[0], *(after - before for before, after in pairwise(ids))] if ids else [],
            "owners": owners,
            "owned_by": [place[self.faces[face].person_id] for face in ids],
            "pinned": [face for face in ids if self.faces[face].pinned],
            "takers": sorted(self.gaining),
            "before": [
                [
                    person.id,
                    person.display_name,
                    person.hidden,
                    person.revision,
                    person.create_time.isoformat(),
                    person.update_time.isoformat(),
                    *_said_row(person.said)[2:],
                ]
                for person in self.before
            ],
            "after": {person: _said_row(said) for person, said in self.after.items()},
            "parted": self.parted,
            "reconciled": self.reconciled,
            "last_face": self.last_face,
            "stand_ins": sorted(self.stand_ins),
            "beside": sorted(self.beside),
            "rejected": sorted(self.rejected),
            "accepted": sorted(self.accepted),
            "drawn": sorted(self.drawn),
            "changes": [
                [
                    change.person_id,
                    change.before.display_name,
                    change.after.display_name,
                    change.faces_before,
                    change.faces_after,
                    change.before.hidden,
                    change.after.hidden,
                    _said_row(change.before)[2:],
                    _said_row(change.after)[2:],
                ]
                for change in self.changes
            ],
            "person_count": self.person_count,
            "face_count": self.face_count,
        }
        return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())

    @classmethod
    def from_bytes(cls, data: bytes) -> "EditPayload":
        """Return what `to_bytes` wrote."""
        document: dict[str, Any] = json.loads(zlib.decompress(data))
        if document["version"] != _VERSION:
            raise AssertionError(f"a migration was to bring payloads to version {_VERSION}")
        owners, pinned = document["owners"], set(document["pinned"])
        ids = accumulate(document["faces"])
        return cls(
            subject=document["subject"],
            faces={
                face: FaceOwner(owners[owner], face in pinned)
                for face, owner in zip(ids, document["owned_by"], strict=True)
            },
            gaining=frozenset(document["takers"]),
            before=tuple(_person(*row) for row in document["before"]),
            after={person: _said(*row) for person, row in document["after"].items()},
            parted=_pairs(document["parted"]),
            reconciled=_pairs(document["reconciled"]),
            last_face=document["last_face"],
            changes=tuple(map(_change, document["changes"])),
            person_count=document["person_count"],
            face_count=document["face_count"],
            # Those of old have none.
            stand_ins=frozenset(document.get("stand_ins", ())),
            beside=frozenset(document.get("beside", ())),
            rejected=frozenset(document.get("rejected", ())),
            accepted=frozenset(document.get("accepted", ())),
            drawn=frozenset(document.get("drawn", ())),
        )


def _pairs(rows: Iterable[list[str]]) -> tuple[Pair, ...]:
    return tuple((first, second) for first, second in rows)


def _said_row(said: PersonStatements) -> list[object]:
    birth_date = None if said.birth_date is None else said.birth_date.isoformat()
    return [said.display_name, said.hidden, said.favorite, birth_date, said.cover_face_id]


def _said(
    display_name: str = "", hidden: bool = False, favorite: bool = False, birth_date: str | None = None, cover: int = 0
) -> PersonStatements:
    """Return what `_said_row` made a row of; edits of old know of names and visibility only."""
    born = None if birth_date is None else date.fromisoformat(birth_date)
    return PersonStatements(display_name, hidden, favorite, born, cover)


def _change(row: Sequence[Any]) -> PersonChange:
    """Return the change of a row; those of edits of old end earlier."""
    person_id, name_before, name_after, faces_before, faces_after = row[:5]
    hidden_before, hidden_after = row[5:7] or (False, False)
    before, after = row[7:9] or ((), ())
    said = _said(name_before, hidden_before, *before), _said(name_after, hidden_after, *after)
    return PersonChange(person_id, faces_before, faces_after, *said)


def _person(
    person_id: str,
    display_name: str,
    hidden: bool,
    revision: int,
    create_time: str,
    update_time: str,
    *others: Any,  # noqa: ANN401 - of JSON
) -> PersonRecord:
    said = _said(display_name, hidden, *others)
    return PersonRecord(
        id=person_id,
        number=0,
        display_name=display_name,
        hidden=hidden,
        revision=revision,
        cover_face_id=0,
        face_count=0,
        image_count=0,
        create_time=_utc(create_time),
        update_time=_utc(update_time),
    ).saying(said)


def _utc(text: str) -> datetime:
    """Return a time; those of old were written without their zone, which is UTC."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
