"""What it takes to undo an edit: how things were before it, in people's ids, for numbers are used again."""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any, Final

from services.catalog.edits.record import PersonChange
from services.catalog.records import PersonRecord
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
        after: name and visibility of the same people and of new ones, unless they were gone.
        parted: pairs of people that were said to be different.
        reconciled: pairs of people that were no longer said to be.
        last_face: the newest face at that time.
        stand_ins: newer faces, each in the place of one that a gaining person had and the edit did not change.
        beside: faces that stayed, and that one photo showed as the same person as a face that the edit changed.
        changes: the people that changed, for people to read.
        person_count: how many people changed; `changes` may hold fewer.
        face_count: faces that changed person.

    """

    subject: str
    faces: dict[int, FaceOwner]
    gaining: frozenset[str]
    before: tuple[PersonRecord, ...]
    after: dict[str, tuple[str, bool]]
    parted: tuple[Pair, ...]
    reconciled: tuple[Pair, ...]
    last_face: int
    changes: tuple[PersonChange, ...]
    person_count: int
    face_count: int
    stand_ins: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()

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
        """Everybody whose name the edit remembers."""
        named = {person.id for person in self.before if person.display_name}
        named |= {person for person, (name, _) in self.after.items() if name}
        named |= {change.person_id for change in self.changes if change.name_before or change.name_after}
        return frozenset(named)

    def meets(self, other: "EditPayload") -> bool:
        """Return whether both are about a person or a face."""
        return not self.people.isdisjoint(other.people) or not self.faces.keys().isdisjoint(other.faces.keys())

    def without_names_of(self, people: Collection[str]) -> "EditPayload":
        """Return the same, with the names of `people` forgotten."""
        return replace(
            self,
            before=tuple(replace(one, display_name="") if one.id in people else one for one in self.before),
            after={
                person: ("", hidden) if person in people else (name, hidden)
                for person, (name, hidden) in self.after.items()
            },
            changes=tuple(
                replace(change, name_before="", name_after="") if change.person_id in people else change
                for change in self.changes
            ),
        )

    def with_successors(self, successors: Mapping[int, int], owners: Mapping[int, str]) -> "EditPayload":
        """Return the same, about other faces in the place of old ones.

        Args:
            successors: new face of each old one; a new one that the edit is about already stays as it is.
            owners: id of the person of each old face.

        """
        moved = {old: new for old, new in successors.items() if old in self.faces and new not in self.faces}
        left = successors.keys() - self.faces.keys()
        old = {face for face in left if face <= self.last_face or face in self.stand_ins}
        kept = {successors[face] for face in old if owners.get(face) in self.gaining}
        return replace(
            self,
            faces={moved.get(face, face): owner for face, owner in self.faces.items()},
            stand_ins=(self.stand_ins - successors.keys()) | {face for face in kept if face > self.last_face},
            beside=frozenset(successors.get(face, face) for face in self.beside),
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
                ]
                for person in self.before
            ],
            "after": self.after,
            "parted": self.parted,
            "reconciled": self.reconciled,
            "last_face": self.last_face,
            "stand_ins": sorted(self.stand_ins),
            "beside": sorted(self.beside),
            "changes": [
                [
                    change.person_id,
                    change.name_before,
                    change.name_after,
                    change.faces_before,
                    change.faces_after,
                    change.hidden_before,
                    change.hidden_after,
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
            after={person: (name, hidden) for person, (name, hidden) in document["after"].items()},
            parted=_pairs(document["parted"]),
            reconciled=_pairs(document["reconciled"]),
            last_face=document["last_face"],
            changes=tuple(PersonChange(*row) for row in document["changes"]),
            person_count=document["person_count"],
            face_count=document["face_count"],
            # Those of old have none.
            stand_ins=frozenset(document.get("stand_ins", ())),
            beside=frozenset(document.get("beside", ())),
        )


def _pairs(rows: Iterable[list[str]]) -> tuple[Pair, ...]:
    return tuple((first, second) for first, second in rows)


def _person(
    person_id: str, display_name: str, hidden: bool, revision: int, create_time: str, update_time: str
) -> PersonRecord:
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
    )


def _utc(text: str) -> datetime:
    """Return a time; those of old were written without their zone, which is UTC."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
