"""A folder on a real disk that a follower watches, without services: it works when a test waits for something."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.catalog.catalog import Catalog
from services.catalog.events import EventFeed
from services.catalog.following.armed_watch import FollowState
from services.catalog.following.changed_libraries import ChangedLibraries
from services.catalog.following.follower import Follower
from services.catalog.following.pace import Pace
from services.catalog.operations.operation import Operation
from services.catalog.operations.operations import Operations
from services.catalog.syncing.folder_sync import SyncMeans, folder_sync
from services.common.limits import ImageLimits
from tests.catalog.leasing import LONG
from tests.catalog.syncing.folders import LIBRARY, DirectFeed, Place

QUICK = Pace(quiet=0.05, most=0.5, rest=0.05, check=0.05, libraries=0.05, again=0.05, retry=0.05, resync=3600)


class Watched:
    """A catalog, its operations, and what follows its folders."""

    def __init__(self, folder: Path, pace: Pace = QUICK, **others: Any) -> None:
        self.disk = folder / "disk"
        self.root = self.disk / "photos"
        self.root.mkdir(parents=True, exist_ok=True)
        changed = ChangedLibraries()
        feed = EventFeed(folders=changed.add)
        self.catalog = Catalog(folder / "libraries", trash=timedelta(days=30), feed=feed)
        self.roots = Place.roots_of(self.root)
        self.feed = DirectFeed(self.catalog)
        means = SyncMeans(self.catalog, self.roots, self.feed, ImageLimits(max_bytes=1_000))
        self.operations = Operations(self.catalog, folder / "libraries", [folder_sync(means)])
        self.operations.start()
        self.follower = Follower(self.catalog, self.operations, self.roots, changed, pace=pace, **others)

    def place(self, name: str = "photos", *, watch: bool = True) -> Place:
        """The folder of that name, made a watched one of the library unless it is there."""
        (self.disk / name).mkdir(exist_ok=True)
        return Place(self.catalog, self.disk / name, watch=watch)

    def until(self, holds: Callable[[], bool]) -> None:
        """Follow until something holds."""
        end = time.monotonic() + LONG
        while not holds():
            assert time.monotonic() < end
            self.follower.work()
            time.sleep(0.01)

    def until_quiet(self) -> None:
        """Follow until there is nothing more to do, for longer than it takes to begin."""
        quiet_since = time.monotonic()
        end = quiet_since + LONG
        while time.monotonic() < quiet_since + 1:
            assert time.monotonic() < end
            self.follower.work()
            if any(not one.done for one in self.syncs()):
                quiet_since = time.monotonic()
            time.sleep(0.01)

    def state(self, place: Place) -> FollowState:
        return self.follower.following(LIBRARY, place.folder.id).state

    def syncs(self, library_id: str | None = LIBRARY) -> tuple[Operation, ...]:
        """The operations that are kept, the newest first."""
        return self.operations.page(library_id, lambda _: True, limit=1_000).items

    def count(self) -> Callable[[], int]:
        """Count the syncs that begin from now on."""
        begun = list[str]()
        begin = self.operations.begin

        def counted(library_id: str, kind: str, request: Any, **others: Any) -> Operation:
            operation = begin(library_id, kind, request, **others)
            begun.append(operation.key.name)
            return operation

        self.operations.begin = counted  # type: ignore[method-assign]
        return lambda: len(begun)

    def close(self) -> None:
        self.follower.stop()
        self.operations.stop()
        self.catalog.close()


@contextmanager
def watching(folder: Path, pace: Pace = QUICK, **others: Any) -> Iterator[Watched]:
    watched = Watched(folder, pace, **others)
    try:
        yield watched
    finally:
        watched.close()
