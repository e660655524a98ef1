"""Syncs a folder as an operation, and is killed in the middle of it if it is told where; see test_killed_syncs.py."""

import os
import signal
import sys
import time
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from services.catalog.catalog import Catalog
from services.catalog.folders.places import FolderPlaces
from services.catalog.operations.operations import Operations
from services.catalog.records import AddedImage
from services.catalog.syncing.folder_sync import FOLDER_SYNC, SyncMeans, folder_sync
from services.catalog.vocabulary import Source
from services.common.limits import ImageLimits
from tests.catalog.syncing.folders import LIBRARY, DirectFeed, Place


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class MortalFeed(DirectFeed):
    """Stores photos, says so, and dies before the one of this number."""

    def __init__(self, catalog: Catalog, last: int) -> None:
        super().__init__(catalog)
        self._left = last

    def submit(self, library_id: str, content: bytes, source: Source) -> Future[AddedImage]:
        if not self._left:
            die()
        self._left -= 1
        future = super().submit(library_id, content, source)
        print(content.decode(), flush=True)  # noqa: T201
        return future


def main(libraries: Path, root: Path, where: str) -> None:
    catalog = Catalog(libraries, trash=timedelta(days=30))
    feed = MortalFeed(catalog, int(where) if where.isdecimal() else -1)
    if not where.isdecimal() and where != "nowhere":
        setattr(FolderPlaces, where, die)
    means = SyncMeans(catalog, Place.roots_of(root), feed, ImageLimits(max_bytes=1_000))
    operations = Operations(catalog, libraries, [folder_sync(means)])
    under_way = operations.page(LIBRARY, lambda one: not one.done, limit=1).items
    if under_way:
        key = under_way[0].key
    else:
        place = Place(catalog, root)
        key = operations.begin(LIBRARY, FOLDER_SYNC, {"folder": place.folder.id}).key
    operations.start()
    while not (now := operations.get(key)).done:
        time.sleep(0.01)
    print(now.state, now.attempts, flush=True)  # noqa: T201
    operations.stop()
    catalog.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
