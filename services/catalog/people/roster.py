"""Who every face belongs to, and what else decides it: photos, pins, visibility, and what users said."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from services.catalog.people.days import EVER, UNKNOWN_DAY, Days
from services.catalog.people.said import Said

NOBODY: Final = 0

Keys = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float32]
_EMPTY: Final = np.empty(0, np.int64)


@dataclass(slots=True)
class RosterLog:
    """What changed in a roster since it was begun, so that it can be told and rolled back.

    Attributes:
        moved: faces in the order of their moves, and whose they were before.
        pinned: faces in the order of their pinning, and whether they were pinned before.

    """

    moved: list[tuple[Keys, Numbers]] = field(default_factory=list)
    pinned: list[tuple[Keys, Mask]] = field(default_factory=list)


class Follower(Protocol):
    """Keeps something that follows from who belongs to whom."""

    def moved(self, faces: Keys, before: Numbers, after: Numbers) -> None:
        """Take note that `faces`, int64 [n], went from the people `before`, int32 [n], to those `after`."""
        ...

    def forget(self, people: Collection[int]) -> None:
        """Know nothing of `people` any more: what they did was rolled back, and faces may be gone with it."""
        ...


class Roster:
    """Faces by id and people by number; changes go to a log, see `begin`.

    Attributes:
        followers: are told of every move once it is made; loading is none.
        said: what users said of people.

    """

    def __init__(self) -> None:
        self._person: Numbers = np.zeros(0, np.int32)
        self._image: Keys = np.zeros(0, np.int64)
        self._pinned: Mask = np.zeros(0, np.bool_)
        self._is_clear: Mask = np.zeros(0, np.bool_)
        self._hubness: Shares = np.zeros(0, np.float32)
        self._score: Shares = np.zeros(0, np.float32)
        self._day: Days = np.zeros(0, np.int32)
        self._faces: dict[int, Keys] = {}
        self._log = RosterLog()
        self.followers: list[Follower] = []
        self.said = Said()

    @property
    def curated(self) -> frozenset[int]:
        """People whom nothing but a user takes apart or makes one of two of them."""
        return self.said.curated

    @property
    def apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of people, the lower number first, who are not the same."""
        return self.said.apart

    def load(self, faces: Keys, people: Numbers, pinned: Mask) -> None:
        """Give faces that were added their people, without noting it."""
        self._person[faces] = people
        self._pinned[faces] = pinned
        owned = np.flatnonzero(people != NOBODY)
        order = owned[np.lexsort((faces[owned], people[owned]))]
        numbers, starts = np.unique(people[order], return_index=True)
        parts = np.split(faces[order], starts[1:]) if len(numbers) else []
        self._faces = dict(zip(numbers.tolist(), parts, strict=True))

    def add(self, faces: Keys, images: Keys, scores: Shares, is_clear: Mask, hubness: Shares, days: Days) -> None:
        """Add faces, of nobody yet.

        Args:
            faces: their ids.
            images: the photo of each.
            scores: the detector's confidence in each, 0 to 1.
            is_clear: whether it can be seen well enough to speak for a person.
            hubness: of its embedding.
            days: on which its photo was taken; empty if that is known of none.

        """
        self._reserve(int(faces.max(initial=-1)) + 1)
        self._person[faces], self._pinned[faces] = NOBODY, False
        self._image[faces], self._score[faces] = images, scores
        self._is_clear[faces], self._hubness[faces] = is_clear, hubness
        self._day[faces] = days if len(days) else UNKNOWN_DAY

    def owners_of(self, faces: Keys) -> Numbers:
        """Return the person of each face, int32; NOBODY for faces never heard of."""
        people = np.full(len(faces), NOBODY, np.int32)
        known = faces < len(self._person)
        people[known] = self._person[faces[known]]
        return people

    def images(self, faces: Keys) -> Keys:
        """Return the photo of each face."""
        return self._image[faces]

    def scores(self, faces: Keys) -> Shares:
        """Return the detector's confidence in each face."""
        return self._score[faces]

    def pinned(self, faces: Keys) -> Mask:
        """Return whether a user put the face where it is."""
        return self._pinned[faces]

    def pin(self, faces: Keys, pinned: Mask | bool) -> None:
        """Set whether a user put the faces where they are."""
        self._log.pinned.append((faces, self._pinned[faces]))
        self._pinned[faces] = pinned

    def is_clear(self, faces: Keys) -> Mask:
        """Return whether the face can be seen well enough."""
        return self._is_clear[faces]

    def hubness(self, faces: Keys) -> Shares:
        """Return the hubness of each face's embedding."""
        return self._hubness[faces]

    def days(self, faces: Keys) -> Days:
        """Return the day on which each face's photo was taken."""
        return self._day[faces]

    def birth(self, person: int) -> int:
        """Return the day on which a person was born; EVER if that is not known."""
        return self.said.births.get(person, EVER)

    def too_early(self, faces: Keys, people: Numbers) -> Mask:
        """Return which of the faces, int64 [n], are of photos from before their person, int32 [n], was born."""
        if not self.said.births:
            return np.zeros(len(faces), np.bool_)
        births = np.array([self.birth(person) for person in people.tolist()], np.int32)
        return np.asarray(self._day[faces] < births)

    def faces(self, person: int) -> Keys:
        """Return the faces of a person, ascending."""
        return self._faces.get(person, _EMPTY)

    def clear_faces(self, person: int) -> Keys:
        """Return the faces of a person that may speak for them, ascending."""
        faces = self.faces(person)
        return faces[self._is_clear[faces]]

    def people(self) -> list[int]:
        """Return the numbers of all who have a face, ascending."""
        return sorted(self._faces)

    def move(self, faces: Keys, person: int) -> None:
        """Give faces to a person, or to NOBODY."""
        faces = faces[self._person[faces] != person]
        if faces.size == 0:
            return
        before = self._person[faces]
        self._log.moved.append((faces, before))
        after = np.full(len(faces), person, np.int32)
        self._put(faces, before, after)
        for follower in self.followers:
            follower.moved(faces, before, after)

    def put(self, faces: Keys, people: Numbers, pinned: Mask | bool) -> Mask:
        """Put faces with people that were said of them; return which ones that settles, bool [n].

        `people` and `pinned` may be empty: nothing was said of any. Those that are not pinned stay nobody's where they
        are of photos from before their person was born.
        """
        if not len(people):
            return np.zeros(len(faces), np.bool_)
        people = np.where(self.too_early(faces, people) & ~np.asarray(pinned), NOBODY, people).astype(np.int32)
        for person in np.unique(people).tolist():
            self.move(faces[people == person], person)
        self.pin(faces, pinned)
        return np.asarray((people != NOBODY) | pinned)

    def say(self, said: Said) -> None:
        """Set what users said of people."""
        self.said = said

    def begin(self) -> RosterLog:
        """Start a new log, which every change goes to until the next one is begun, and return it."""
        self._log = RosterLog()
        return self._log

    def changed(self, log: RosterLog) -> tuple[Keys, Numbers]:
        """Return the faces whose person differs from what it was when `log` began, ascending, and who it was."""
        if not log.moved:
            return _EMPTY, _EMPTY.astype(np.int32)
        # A face that moved twice is listed twice; its first entry has its owner from before.
        moved = np.concatenate([faces for faces, _ in log.moved])
        owners = np.concatenate([people for _, people in log.moved])
        faces, first = np.unique(moved, return_index=True)
        before = owners[first]
        differs = self._person[faces] != before
        return faces[differs], before[differs]

    def roll_back(self, log: RosterLog) -> None:
        """Undo what `log` holds; logs that were begun later must be rolled back before."""
        for faces, before in reversed(log.moved):
            after = self._person[faces]
            self._put(faces, after, before)
            for follower in self.followers:
                follower.forget(_people_in(np.union1d(before, after)))
        for faces, pinned in reversed(log.pinned):
            self._pinned[faces] = pinned

    def _put(self, faces: Keys, before: Numbers, after: Numbers) -> None:
        for person in _people_in(before):
            left = np.setdiff1d(self._faces[person], faces[before == person], assume_unique=True)
            if left.size:
                self._faces[person] = left
            else:
                del self._faces[person]
        for person in _people_in(after):
            self._faces[person] = np.union1d(self.faces(person), faces[after == person])
        self._person[faces] = after

    def _reserve(self, size: int) -> None:
        missing = size - len(self._person)
        if missing > 0:
            room = (0, missing + len(self._person) // 4)
            self._person, self._image = np.pad(self._person, room), np.pad(self._image, room)
            self._pinned, self._is_clear = np.pad(self._pinned, room), np.pad(self._is_clear, room)
            self._hubness, self._score = np.pad(self._hubness, room), np.pad(self._score, room)
            self._day = np.pad(self._day, room)


def _people_in(people: Numbers) -> list[int]:
    return [int(person) for person in np.unique(people) if person != NOBODY]
