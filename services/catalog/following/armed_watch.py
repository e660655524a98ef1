"""The watch of one folder, made anew whenever other directories are in it."""

import itertools
import os
from enum import Enum, auto
from typing import Final, NamedTuple

from services.catalog.folder_record import FolderRecord
from services.catalog.folders.directories import Directory, directories
from services.catalog.folders.walk import folder_identity
from services.catalog.following.budget import WatchBudget
from services.catalog.following.disk_watch import DiskWatch, WatchRefusedError, signature_of
from services.catalog.following.mounts import Mounts
from services.common.file_uri import path_of
from services.common.roots import Roots

# Who makes directories faster than they can be looked for is seen by the next sync.
_ATTEMPTS: Final = 3


class FollowState(Enum):
    """How changes of a watched folder come to be known."""

    PENDING = auto()
    """Nobody has come to it yet."""
    WATCHING = auto()
    """The system tells of them."""
    PERIODIC = auto()
    """It doesn't, so the folder is synced now and then."""
    AWAY = auto()
    """The folder is not there."""


class Following(NamedTuple):
    """How changes of a watched folder come to be known.

    Attributes:
        state: see there.
        note: why it is so, for people and without a path; empty where there is nothing to say.

    """

    state: FollowState
    note: str = ""


class ArmedWatch:
    """Watches the directories of one folder, as far as the system can; belongs to one thread.

    Args:
        folder: the folder.
        roots: the folders that may be read.
        budget: how much may be watched.

    """

    def __init__(self, folder: FolderRecord, roots: Roots, budget: WatchBudget) -> None:
        path = path_of(folder.root_uri)
        if path is None:
            raise AssertionError("a folder has a path")
        self._folder = folder
        self._path = path
        self._roots = roots
        self._budget = budget
        self._watch: DiskWatch | None = None

    def place(self, mounts: Mounts) -> tuple[object, ...]:
        """Return what tells the folder from another one in its place; of a disk that may sleep, without asking it."""
        path = os.fsdecode(self._path)
        mount = mounts.holding(path)
        known = mounts.touching(path)
        if mount is not None and mount.is_silent:
            return known
        try:
            return (*known, folder_identity(self._roots, self._path))
        except OSError:
            return (*known, None)

    def take_change(self) -> bool:
        """Return whether the system has told of anything since the last time."""
        return self._watch is not None and self._watch.take_change()

    def arm(self, mounts: Mounts) -> Following:
        """Watch all directories that are there now; what happens in them from here on is told."""
        try:
            why_not = self._watch_all(mounts)
        except WatchRefusedError as error:
            following = Following(FollowState.PERIODIC, str(error))
        except FileNotFoundError:
            following = Following(FollowState.AWAY, "it is not there")
        except OSError as error:
            following = Following(FollowState.AWAY, f"it can't be read: {error.strerror or error}")
        else:
            following = Following(FollowState.PERIODIC if why_not else FollowState.WATCHING, why_not)
        if following.state is not FollowState.WATCHING:
            self.disarm()
        return following

    def disarm(self) -> None:
        """Watch nothing."""
        if self._watch is not None:
            self._budget.give_back(self._watch.count)
            self._watch.close()
            self._watch = None

    def _watch_all(self, mounts: Mounts) -> str:
        """Watch all directories; return why that can't be, or nothing."""
        # Not to be walked into, as it may not answer.
        kind = mounts.silent_at(os.fsdecode(self._path))
        if kind is not None:
            return _silent(kind)
        for _ in range(_ATTEMPTS):
            found = self._find(mounts)
            if isinstance(found, str):
                return found
            if self._watch is not None and not self._watch.ended and self._watch.signature == signature_of(found):
                return ""
            # What is made, or gone, meanwhile is found by another look.
            self._make(found)
        return "" if self._watch is not None else "its directories come and go faster than they can be found"

    def _find(self, mounts: Mounts) -> list[Directory] | str:
        """Return the directories of the folder, or why they can't be watched."""
        left = self._budget.left_for(0 if self._watch is None else self._watch.count)
        if not left:
            return "as many folders or directories are watched as there may be"
        found = list[Directory]()
        silent = dict[int, str | None]()
        walk = directories(self._roots, self._path, self._folder.exclude)
        for directory in itertools.islice(walk, left + 1):
            kind = silent.setdefault(directory.device, mounts.silent_kind(directory.device))
            if kind is not None:
                return _silent(kind)
            found.append(directory)
        return found if len(found) <= left else f"it has more than the {left:,} directories that may be watched"

    def _make(self, found: list[Directory]) -> None:
        self.disarm()
        try:
            watch = DiskWatch(found)
        except FileNotFoundError:
            return
        self._budget.take(watch.count)
        self._watch = watch


def _silent(kind: str) -> str:
    return f"a disk in it ({kind}) does not tell what others change there"
