"""Folders on a real disk, libraries in real files, and syncs between them without services."""

import hashlib
import os
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from services.catalog.catalog import Catalog
from services.catalog.folder_record import FolderRecord, SyncCounts
from services.catalog.folders.writer import FolderChange
from services.catalog.library import Library
from services.catalog.records import AddedImage, SourceRecord
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.files import SyncedFiles
from services.catalog.syncing.run import SyncRun
from services.catalog.vocabulary import Source
from services.common.errors import InvalidArgumentError, Reason
from services.common.file_uri import uri_of
from services.common.limits import ImageLimits
from services.common.roots import Roots
from tests.catalog.clustering.synthetic import analysis

LIBRARY = "default"
BAD = b"no photo"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class DirectFeed(PhotoFeed):
    """Stores photos at once, whatever is in them; `indexed` are their bytes, in order."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.indexed: list[bytes] = []

    def take(self, seconds: float) -> bool:  # noqa: ARG002
        return True

    def give_back(self) -> None:
        pass

    def submit(self, library_id: str, content: bytes, source: Source) -> Future[AddedImage]:
        self.indexed.append(content)
        future: Future[AddedImage] = Future()
        if content.startswith(BAD):
            future.set_exception(InvalidArgumentError(Reason.IMAGE_UNREADABLE, "No photo.", field="content"))
            return future
        photo = replace(analysis("x"), sha256=sha256(content), source=source, size_bytes=len(content))
        with self._catalog.lease(library_id, people=True) as library:
            future.set_result(library.add_image(photo))
        return future


class Place:
    """A folder on disk, and the library that is kept equal to it."""

    def __init__(self, catalog: Catalog, root: Path, **wishes: object) -> None:
        self.catalog = catalog
        self.root = root
        self.roots = self.roots_of(root)
        self.feed = DirectFeed(catalog)
        change = FolderChange(display_name="Photos", **wishes)  # type: ignore[arg-type] # whatever a test wants
        uri = uri_of(bytes(root))
        with self.library() as library:
            known = [folder for folder in library.folders.read.page(limit=100).items if folder.root_uri == uri]
            self.folder = known[0] if known else library.folders.write.create(uri, change)

    @staticmethod
    def roots_of(root: Path) -> Roots:
        """The folders that may be read: the one that holds it."""
        return Roots([root.parent])

    def library(self) -> AbstractContextManager[Library]:
        return self.catalog.lease(LIBRARY, people=True)

    def begin(self, *, verify: bool = False, even_if_empty: bool = False) -> SyncRun:
        files = SyncedFiles(self.roots, ImageLimits(max_bytes=1_000))
        with self.library() as library:
            folder: FolderRecord = library.folders.read.get(self.folder.id)
        identity = self.folder.identity or folder.identity
        return SyncRun(
            self.catalog,
            LIBRARY,
            replace(folder, identity=identity),
            files,
            self.roots,
            self.feed,
            verify=verify,
            even_if_empty=even_if_empty,
        )

    def sync(self, **options: bool) -> SyncRun:
        run = self.begin(**options)
        for _ in run.steps():
            pass
        assert run.identity is not None
        self.folder = replace(self.folder, identity=run.identity)
        return run

    def counts(self, **options: bool) -> dict[str, int]:
        """What a sync counts, without zeros."""
        return told(self.sync(**options).counts)

    def places(self) -> dict[str, SourceRecord]:
        """What is known of the folder, by the path below it."""
        with self.library() as library:
            found = library.list_sources(uri_prefix=self.folder.inside, limit=10_000).items
        return {place.uri.removeprefix(self.folder.inside): place for place in found}

    def missing(self) -> set[str]:
        return {path for path, place in self.places().items() if place.missing_time is not None}


def told(counts: SyncCounts) -> dict[str, int]:
    return {name.removesuffix("_count"): count for name, count in counts.by_name().items() if count}


def rate(library: Library, content: bytes, rating: int) -> None:
    library.statements.update(sha256(content), lambda said: replace(said, rating=rating))


def rating(library: Library, content: bytes) -> int | None:
    image = library.find_image(sha256(content))
    return None if image is None else image.statements.rating


def write(path: Path, content: bytes, second: int) -> None:
    """Write a file that was modified at that second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(second * 10**9 + 123_456_789,) * 2)
