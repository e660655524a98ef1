"""One sync of a folder: what is on disk is compared with what is known, and what differs is brought in."""

import time
from collections.abc import Generator, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from services.catalog.catalog import Catalog
from services.catalog.folder_record import FileFailure, FolderRecord, SyncCounts
from services.catalog.folders.comparison import Comparison, Differing
from services.catalog.folders.places import KnownFile
from services.catalog.folders.unreadable import unreadable
from services.catalog.operations.kind import Progress
from services.catalog.storage.folder_places import KnownPlace
from services.catalog.storage.transaction import utc_now
from services.catalog.syncing.absence import Disk, missing_for
from services.catalog.syncing.arrivals import Arrivals
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.files import FileBytes, SyncedFiles
from services.catalog.syncing.guard import Guard
from services.catalog.syncing.settlement import Digested, Settlement, Write, joined, settle
from services.common.errors import AlbumenError
from services.common.limits import MAX_FORGOTTEN_SOURCES, MAX_SYNC_FAILURES
from services.common.roots import Roots

# So that a step takes some tenths of a second.
_LOOKED_AT_ONCE: Final = 5_000
_MARKED_AT_ONCE: Final = 5_000
_SETTLED_AT_ONCE: Final = 500
_STEP_SECONDS: Final = 0.5
# A page is found by a look at all places, so there are few of them.
_PAGE: Final = 50_000

T = TypeVar("T")
Steps = Generator[Progress, None, None]


class SyncRun:
    """One sync, in steps of which none depends on a library's staying open: each leases it for itself.

    What was done stays done if it is given up between two steps: places are written before their files' bytes are
    looked for elsewhere, and what is indexed is known to the next run.

    Args:
        catalog: leases libraries.
        library_id: the folder's.
        folder: the folder.
        files: reads files.
        roots: the folders that may be read.
        feed: indexes photos.
        verify: whether files are read that look as they did.
        even_if_empty: whether the folder is taken as it is, though nothing of what was there is.

    Attributes:
        counts: what was found so far.
        failures: the first files that can't be read or indexed.
        identity: which folder it is, by device and number; None before that is known.

    """

    def __init__(
        self,
        catalog: Catalog,
        library_id: str,
        folder: FolderRecord,
        files: SyncedFiles,
        roots: Roots,
        feed: PhotoFeed,
        *,
        verify: bool,
        even_if_empty: bool,
    ) -> None:
        self._catalog = catalog
        self._library_id = library_id
        self._folder = folder
        self._files = files
        self._roots = roots
        self._verify = verify
        self._guard = Guard(folder, library_id, roots, even_if_empty=even_if_empty)
        self.counts = SyncCounts()
        self.failures: list[FileFailure] = []
        self.identity: str | None = None
        self._arrivals = Arrivals(library_id, files, feed, self.counts, self._fail)

    def steps(self) -> Steps:
        """Sync, a step at a time.

        Raises:
            FailedPreconditionError: FOLDER_UNAVAILABLE, FOLDER_EMPTY, PATTERN_INVALID; nothing was changed then, unless
                the folder went away meanwhile.
            AlbumenError: whatever keeps photos from being indexed.

        """
        comparison = yield from self._compare()
        arriving = list[Differing]()
        settlement = yield from self._settle_all(comparison, arriving)
        left = settlement.left
        absent = [place for place in comparison.gone if place.uri not in left]
        yield from self._mark(comparison.returned, absent)
        yield from self._arrivals.steps(arriving)
        yield from self._forget(absent)

    def _compare(self) -> Generator[Progress, None, Comparison]:
        """Look at every file's name, size and time."""
        walk = self._guard.begin()
        with self._catalog.lease(self._library_id) as library:
            self._guard.check_empty(walk, has_places=library.folders.places.has_any(self._folder.root_uri))
        comparison = Comparison(walk, self._read_page, self.counts, verify=self._verify)
        while comparison.advance(_LOOKED_AT_ONCE):
            yield Progress(self.counts.files, 0, "files looked at")
        disk = Disk(self._roots)
        gone = list[KnownPlace]()
        for places in _parts(comparison.gone, _MARKED_AT_ONCE):
            # It may have come since the folder was listed; and what is no photo by its name may be there all the same.
            gone += [place for place in places if disk.lacks(place.uri)]
            yield Progress(self.counts.files, 0, "files looked at")
        comparison.gone = gone
        # What is not there because its drive went away during the walk is not missing.
        self._guard.check_known(walk, comparison)
        for failure in comparison.failures:
            self._note_failure(failure)
        return comparison

    def _settle_all(self, comparison: Comparison, arriving: list[Differing]) -> Generator[Progress, None, Settlement]:
        """Note where the files are whose bytes are known, and leave the others in `arriving`."""
        digested = yield from self._digest(comparison.differing, arriving)
        self._guard.check_bytes(comparison, {file.image_id for file in digested})
        self.identity = self._guard.identity
        settlement = settle(digested, comparison.gone, self.counts)
        files = {file.differing.seen.uri: file.differing for file in digested}
        touched = [Write([file]) for file in settlement.touched]
        writes = [*joined(settlement.moves, _SETTLED_AT_ONCE), settlement.takes, *joined(touched, _SETTLED_AT_ONCE)]
        done = 0
        for write in writes:
            if not write.files:
                continue
            with self._catalog.lease(self._library_id, people=True) as library:
                lacking = library.folders.places.settle(write.files, write.left)
            # Their images were erased meanwhile.
            arriving += [files[file.source.uri] for file in lacking]
            self._uncount(lacking, settlement, files)
            done += len(write.files)
            yield Progress(done, len(digested), "known photos")
        return settlement

    def _digest(
        self, differing: Sequence[Differing], arriving: list[Differing]
    ) -> Generator[Progress, None, list[Digested]]:
        """Return the files whose bytes are known; only those are read that have the size of an image."""
        readable = [one for one in differing if self._files.may_be_image(one.seen)]
        with self._catalog.lease(self._library_id) as library:
            sizes = library.folders.places.sizes_of_images({one.seen.size_bytes for one in readable})
        hashes = list[tuple[Differing, FileBytes]]()
        alike = [one for one in readable if one.seen.size_bytes in sizes]
        started = time.monotonic()
        for done, one in enumerate(alike):
            try:
                hashes.append((one, self._files.digest(one.seen)))
            except OSError as error:
                self._fail(one.seen.uri, unreadable(error), error)
            if time.monotonic() - started > _STEP_SECONDS:
                yield Progress(done, len(alike), "files to compare")
                started = time.monotonic()
        with self._catalog.lease(self._library_id) as library:
            images = library.folders.places.find_images({file.sha256 for _, file in hashes})
        digested = [Digested(one, file, images[file.sha256]) for one, file in hashes if file.sha256 in images]
        tried = {one.seen.uri for one in alike} - {one.seen.uri for one, file in hashes if file.sha256 not in images}
        arriving += [one for one in differing if one.seen.uri not in tried]
        return digested

    def _mark(self, returned: Sequence[str], absent: Sequence[KnownPlace]) -> Steps:
        """Note which files are back, and which are missing from now on."""
        self.counts.returned += len(returned)
        self.counts.missing = len(absent)
        new = [place.uri for place in absent if place.missing_micros is None]
        now = utc_now()
        for uris, since in ((returned, None), (new, now)):
            for part in _parts(uris, _MARKED_AT_ONCE):
                with self._catalog.lease(self._library_id) as library:
                    library.folders.places.mark(part, since)
                yield Progress(self.counts.files, self.counts.files, "files looked at")

    def _forget(self, absent: Sequence[KnownPlace]) -> Steps:
        """Forget places whose files were missing for long, if that is wanted, and let their images go to the trash."""
        if not self._folder.trash_missing_days:
            return
        disk, time_left = Disk(self._roots), timedelta(days=self._folder.trash_missing_days)
        due = missing_for(absent, time.time_ns() // 1_000, time_left)
        # An empty folder may be that of a drive that is not mounted.
        uris = [place.uri for place in due if not disk.is_away(place.uri, self._folder.root_uri)]
        for part in _parts(uris, MAX_FORGOTTEN_SOURCES):
            with self._catalog.lease(self._library_id, people=True) as library:
                forgotten = library.folders.places.forget(part)
            self.counts.missing -= forgotten.count
            self.counts.trashed += len(forgotten.deleted)
            yield Progress(self.counts.trashed, len(uris), "missing photos")

    def _read_page(self, after: str | None) -> Sequence[KnownPlace]:
        with self._catalog.lease(self._library_id) as library:
            return library.folders.places.page(self._folder.root_uri, after, _PAGE)

    def _uncount(self, lacking: Sequence[KnownFile], settlement: Settlement, files: dict[str, Differing]) -> None:
        """Take back what was counted of files that are to be indexed after all."""
        touched = {file.source.uri for file in settlement.touched}
        for file in lacking:
            known = files[file.source.uri].known
            if known is None:
                self.counts.added -= 1
            else:
                self.counts.returned -= known.missing_micros is not None
                if file.source.uri in touched:
                    self.counts.unchanged -= 1
                else:
                    self.counts.changed -= 1

    def _fail(self, uri: str, error: AlbumenError, cause: OSError | None) -> None:
        self.counts.failed += 1
        self._note_failure(FileFailure(uri, error))
        if cause is not None:
            self._guard.judge()

    def _note_failure(self, failure: FileFailure) -> None:
        if len(self.failures) < MAX_SYNC_FAILURES:
            self.failures.append(failure)


def _parts(items: Sequence[T], most: int) -> Generator[Sequence[T], None, None]:
    for start in range(0, len(items), most):
        yield items[start : start + most]
