"""What it takes to undo an edit: how things were before it, in people's ids, for numbers are used again."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any, Final

from services.catalog.edits.record import PersonChange

Pair = tuple[str, str]
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class PersonState:
    """A person's own row.

    Attributes:
        id: the person.
        display_name: may be empty.
        hidden: whether lists leave the person out.
        revision: of the row.
        create_time: naive UTC.
        update_time: naive UTC.

    """

    id: str
    display_name: str
    hidden: bool
    revision: int
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True)
class FaceState:
    """Where a face was.

    Attributes:
        person_id: empty for nobody.
        pinned: whether a user had put it there.

    """

    person_id: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class EditPayload:
    """All that an edit changed.

    Attributes:
        subject: the person that the answer to the edit shows; empty if there is none.
        faces: how each changed face was before, by id.
        takers: people who had gained faces or were created.
        before: the people that existed and were changed, as they were.
        after: name and visibility of the same people and of new ones, unless they were gone.
        parted: pairs of people that were said to be different.
        reconciled: pairs of people that were no longer said to be.
        last_face: the newest face at that time.
        changes: the people that changed, for people to read.
        person_count: how many people changed; `changes` may hold fewer.
        face_count: faces that changed person.

    """

    subject: str
    faces: dict[int, FaceState]
    takers: frozenset[str]
    before: tuple[PersonState, ...]
    after: dict[str, tuple[str, bool]]
    parted: tuple[Pair, ...]
    reconciled: tuple[Pair, ...]
    last_face: int
    changes: tuple[PersonChange, ...]
    person_count: int
    face_count: int

    @property
    def people(self) -> frozenset[str]:
        """Everybody whom the edit was about."""
        pairs = (person for pair in (*self.parted, *self.reconciled) for person in pair)
        return frozenset((*(state.id for state in self.before), *self.after, *pairs))

    def meets(self, other: "EditPayload") -> bool:
        """Return whether both are about a person or a face."""
        return not self.people.isdisjoint(other.people) or not self.faces.keys().isdisjoint(other.faces.keys())

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
            "takers": sorted(self.takers),
            "before": [
                [
                    state.id,
                    state.display_name,
                    state.hidden,
                    state.revision,
                    state.create_time.isoformat(),
                    state.update_time.isoformat(),
                ]
                for state in self.before
            ],
            "after": self.after,
            "parted": self.parted,
            "reconciled": self.reconciled,
            "last_face": self.last_face,
            "changes": [
                [change.person_id, change.name_before, change.name_after, change.faces_before, change.faces_after]
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
                face: FaceState(owners[owner], face in pinned)
                for face, owner in zip(ids, document["owned_by"], strict=True)
            },
            takers=frozenset(document["takers"]),
            before=tuple(
                PersonState(
                    row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), datetime.fromisoformat(row[5])
                )
                for row in document["before"]
            ),
            after={person: (name, hidden) for person, (name, hidden) in document["after"].items()},
            parted=_pairs(document["parted"]),
            reconciled=_pairs(document["reconciled"]),
            last_face=document["last_face"],
            changes=tuple(PersonChange(*row) for row in document["changes"]),
            person_count=document["person_count"],
            face_count=document["face_count"],
        )


def _pairs(rows: Iterable[list[str]]) -> tuple[Pair, ...]:
    return tuple((first, second) for first, second in rows)
