"""Follows the watched folders of all libraries."""

import threading
import time
from collections.abc import Sequence
from typing import Final

import structlog

from services.catalog.catalog import Catalog
from services.catalog.folder_record import FolderRecord
from services.catalog.following.armed_watch import ArmedWatch, Following, FollowState
from services.catalog.following.budget import WatchBudget
from services.catalog.following.changed_libraries import ChangedLibraries
from services.catalog.following.followed_folder import FollowedFolder
from services.catalog.following.mounts import Mounts
from services.catalog.following.own_sync import OwnSync
from services.catalog.following.pace import Pace
from services.catalog.operations.operations import Operations
from services.common.errors import AlbumenError, NotFoundError, Reason
from services.common.roots import Roots

# Closed libraries have to be opened to be asked; folders are looked at between.
_LOOK_SECONDS: Final = 1.0
# Until a library that can't be opened is asked again.
_AGAIN_SECONDS: Final = 60.0
_PENDING: Final = Following(FollowState.PENDING)

_log = structlog.get_logger()


class Follower:
    """Syncs watched folders when something in them changes.

    Nothing of it is kept on disk but that a folder is watched, and no library is held open for it: one is asked for its
    folders when the service has started and whenever they were changed, and a sync opens it again if it has to. Belongs
    to one thread at a time, but for `following`.

    Args:
        catalog: the libraries.
        operations: begins syncs.
        roots: the folders that may be read.
        changed: told of libraries whose folders are to be looked at.
        pace: how soon.
        at_once: how many syncs it begins before others have ended.
        budget: how much may be watched.

    """

    def __init__(
        self,
        catalog: Catalog,
        operations: Operations,
        roots: Roots,
        changed: ChangedLibraries,
        *,
        pace: Pace = Pace(),  # noqa: B008 - frozen
        at_once: int = 1,
        budget: WatchBudget | None = None,
    ) -> None:
        self._catalog = catalog
        self._operations = operations
        self._roots = roots
        self._changed = changed
        self._pace = pace
        self._at_once = at_once
        self._budget = budget or WatchBudget()
        self._stopped = threading.Event()
        self._working = threading.Lock()
        self._folders: dict[tuple[str, str], FollowedFolder] = {}
        self._known = frozenset[str]()
        self._next_listing = self._next_mounts = 0.0
        self._mounts = Mounts(())
        # When to ask libraries again that could not be opened.
        self._again: dict[str, float] = {}
        # Others have come in the place of those that were followed, though they may look the same.
        self._replaced = ChangedLibraries()
        catalog.before_erasing(changed.add)
        catalog.arrivals.after_adopting(self._replaced.add)

    def following(self, library_id: str, folder_id: str) -> Following:
        """Return how changes of a folder that is watched come to be known."""
        found = self._folders.get((library_id, folder_id))
        return _PENDING if found is None else found.following

    def work(self) -> None:
        """Look for changes, and begin the syncs that are due; meant for every second."""
        with self._working:
            if self._stopped.is_set():
                return
            self._look_at_libraries()
            now = time.monotonic()
            if now >= self._next_mounts:
                self._mounts, self._next_mounts = Mounts.read(), now + self._pace.check
            for folder in self._folders.values():
                folder.look(self._mounts, now)
            self._begin_due(now)

    def stop(self) -> None:
        """End, after the step under way, and watch nothing more; called before operations are ended."""
        self._stopped.set()
        with self._working:
            for folder in self._folders.values():
                folder.close()
            self._folders = {}

    def _begin_due(self, now: float) -> None:
        folders = list(self._folders.values())
        room = self._at_once - sum(folder.under_way for folder in folders)
        for folder in sorted((one for one in folders if one.is_due(now)), key=lambda one: one.waiting_since):
            if room <= 0 or self._stopped.is_set():
                return
            room -= folder.sync(self._mounts, time.monotonic())

    def _look_at_libraries(self) -> None:
        """Ask libraries whose folders may have changed, some of them at a time."""
        begun = time.monotonic()
        if begun >= self._next_listing:
            self._next_listing = begun + self._pace.libraries
            ids = frozenset(self._catalog.ids())
            self._changed.add_all(ids - self._known)
            self._known = ids
        due = [library_id for library_id, when in self._again.items() if when <= begun]
        for library_id in due:
            del self._again[library_id]
        self._changed.add_all(due)
        for library_id in self._replaced.take():
            self._follow_only(library_id, [])
            self._changed.add(library_id)
        waiting = self._changed.take()
        while waiting and not self._stopped.is_set() and time.monotonic() < begun + _LOOK_SECONDS:
            self._look_at(waiting.pop(0))
        self._changed.add_all(waiting)

    def _look_at(self, library_id: str) -> None:
        try:
            wanted = self._watched(library_id)
        except NotFoundError:
            wanted = []
        except AlbumenError as error:
            # Its folders are followed as they were; a sync would tell why it can't be.
            if error.reason is not Reason.SHUTTING_DOWN:
                self._again[library_id] = time.monotonic() + _AGAIN_SECONDS
            return
        self._follow_only(library_id, wanted)
        for folder in wanted:
            key = (library_id, folder.id)
            if key not in self._folders:
                self._folders[key] = self._follow(library_id, folder)

    def _follow_only(self, library_id: str, wanted: Sequence[FolderRecord]) -> None:
        """Follow none of a library's folders any more but those of `wanted` that are as they were."""
        by_id = {folder.id: folder for folder in wanted}
        for key, followed in list(self._folders.items()):
            if key[0] == library_id and not _is_same(by_id.get(key[1]), followed.folder):
                followed.close()
                del self._folders[key]

    def _watched(self, library_id: str) -> list[FolderRecord]:
        # One that is closed stays closed if it has none.
        if not self._catalog.record(library_id).watched_folders:
            return []
        with self._catalog.lease(library_id) as library:
            return library.folders.read.watched()

    def _follow(self, library_id: str, folder: FolderRecord) -> FollowedFolder:
        return FollowedFolder(
            library_id,
            folder,
            ArmedWatch(folder, self._roots, self._budget),
            OwnSync(self._operations, library_id, folder.id),
            self._pace,
            time.monotonic(),
        )


def _is_same(wanted: FolderRecord | None, followed: FolderRecord) -> bool:
    """Return whether a sync of a folder would still come to the same."""
    return wanted is not None and _wishes(wanted) == _wishes(followed)


def _wishes(folder: FolderRecord) -> tuple[object, ...]:
    return folder.root_uri, folder.include, folder.exclude, folder.trash_missing_days
