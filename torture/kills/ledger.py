"""What one client knows of the catalog: what was acknowledged, and what may or may not have happened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from google.protobuf.message import Message


@dataclass(slots=True)
class Thing:
    """A photo or a library.

    Attributes:
        there: whether it is; None if a call that would change it was not answered.
        faces: on the photo.
        name: display name of the library; place of the photo, empty if another took it.

    """

    there: bool | None = None
    faces: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """The faces and people of one client, as they are at a moment.

    Attributes:
        faces: person and pin of each face.
        people: display name, visibility and number of faces of each person.
        reclusterings: how many had begun or ended by then, by anybody: each may move faces.

    """

    faces: Mapping[str, tuple[str, bool]]
    people: Mapping[str, tuple[str, bool, int]]
    reclusterings: int = 0

    def differs(self, other: "View") -> str:
        """Return in what another view of the same moment differs; empty if in nothing."""
        if self.faces != other.faces:
            return f"faces {_changes(self.faces, other.faces)}"
        if self.people != other.people:
            return f"people {_changes(self.people, other.people)}"
        return ""

    def pinned(self, faces: Collection[str], *, pinned: bool) -> "View":
        """Return the view after some faces were pinned where they are, or released."""
        changed = {face: (owner, pinned if face in faces else was) for face, (owner, was) in self.faces.items()}
        return View(changed, self.people, self.reclusterings)

    def breaks_word(self, later: "View") -> str:
        """Return what users said here that does not hold in a later view, whatever clustering did meanwhile."""
        pinned = {face: owner for face, owner in self.faces.items() if owner[1]}
        named = {person: row[:2] for person, row in self.people.items() if row[0]}
        lost = {face: owner for face, owner in pinned.items() if later.faces.get(face) != owner}
        unnamed = {person: row for person, row in named.items() if later.people.get(person, ("", False, 0))[:2] != row}
        return f"pinned {lost}, named {unnamed}" if lost or unnamed else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An edit that was asked for, to be asked for again.

    Attributes:
        path: the method.
        request: with its request_id.

    """

    path: str
    request: Message


@dataclass(slots=True)
class Ledger:
    """The account of one client, over all lives of the catalog.

    Attributes:
        photos: by SHA-256.
        libraries: by id.
        edits: whether each is undone, by name; None if nobody knows.
        view: what was seen of its people; None if they may have changed since.
        last_edit: the edit that was acknowledged last, if it changed its people last, and nobody reclustered since.
        reclusterings: how many there were when it was acknowledged.
        asked: the edit that was not answered.
        in_flight: what was not answered; empty if everything was.

    """

    photos: dict[str, Thing] = field(default_factory=dict)
    libraries: dict[str, Thing] = field(default_factory=dict)
    edits: dict[str, bool | None] = field(default_factory=dict)
    view: View | None = None
    last_edit: str = ""
    reclusterings: int = 0
    asked: Asked | None = None
    in_flight: str = ""

    def changed(self, edit: str = "", reclusterings: int = 0) -> None:
        """Note that its people may have changed, by an edit or by something else."""
        self.view = None
        self.last_edit, self.reclusterings = edit, reclusterings

    def present(self) -> list[str]:
        """Return the photos that are there."""
        return [sha256 for sha256, photo in self.photos.items() if photo.there]

    def placed(self) -> list[Thing]:
        """Return the photos that are there and have a place."""
        return [photo for photo in self.photos.values() if photo.there and photo.name]

    def give_places(self) -> None:
        """Leave each place with the newest photo that is there."""
        taken: set[str] = set()
        for photo in reversed(self.photos.values()):
            photo.name = photo.name if photo.there and photo.name not in taken else ""
            taken.add(photo.name)


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return ", ".join(f"{key}: {before.get(key)} -> {after.get(key)}" for key in changed[:3])
