"""The libraries under a folder."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from services.catalog.arrivals import Arrivals
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.display_name import checked_display_name
from services.catalog.erasure_check import check_erasable
from services.catalog.events import EventFeed
from services.catalog.leases import Leases, Slot
from services.catalog.libraries_folder import LibrariesFolder
from services.catalog.library import Library
from services.catalog.library_files import LibraryFiles
from services.catalog.library_names import DEFAULT_LIBRARY, LibraryNames, gone
from services.catalog.library_resources import LibraryResources
from services.catalog.records import LibraryRecord, Page, UnavailableLibrary
from services.catalog.storage.unavailable import shutting_down
from services.catalog.summaries import Summaries
from services.common.checks import Checks
from services.common.errors import (
    NotFoundError,
    Reason,
    UnavailableError,
)
from services.common.library_id import check_library_id
from services.common.limits import MAX_LIBRARIES, MEBIBYTE

DEFAULT_MEMORY: Final = 512 * MEBIBYTE
# More of the files in memory makes nothing quicker than the system's cache of them does.
_MOST_FILES: Final = 512 * MEBIBYTE

_log = structlog.get_logger()


class Catalog:
    """All libraries under a folder, one file each, open while in use; methods may be called from any thread.

    Args:
        directory: the folder; created if missing, and held until `close`.
        parameters: of clustering, for libraries to come.
        max_libraries: how many there may be.
        memory: how many bytes of memory open libraries may take together, but for those in use.
        resources: what each of them may take.
        trash: how long an image stays in the trash before it is erased.
        feed: where events go.

    Attributes:
        leases: which libraries are open, and in use.
        arrivals: brings libraries from elsewhere.

    Raises:
        LibrariesFolderError: the folder can't be used, or another catalog has it.

    """

    def __init__(
        self,
        directory: Path,
        *,
        parameters: ClusteringParameters | None = None,
        max_libraries: int = MAX_LIBRARIES,
        memory: int = DEFAULT_MEMORY,
        resources: LibraryResources = LibraryResources(),  # noqa: B008 - frozen
        trash: timedelta = timedelta(0),
        feed: EventFeed = EventFeed(),  # noqa: B008 - frozen
    ) -> None:
        self._folder = LibrariesFolder(directory)
        self._files = LibraryFiles(
            self._folder,
            parameters or ClusteringParameters(),
            resources=resources,
            trash=trash,
            feed=feed,
        )
        self._names = LibraryNames(self._folder, max_libraries)
        self.leases = Leases(
            self._names.check_exists, self._open, self._close_idle, memory=memory, files=min(memory, _MOST_FILES)
        )
        self._summaries = Summaries(self._folder.library)
        self.arrivals = Arrivals(
            self._names, self._files, self.leases, self._summaries, record=self._record, check_open=self._check_open
        )
        self._closed = False
        self._erasing: list[Callable[[str], None]] = []

    def before_erasing(self, forget: Callable[[str], None]) -> None:
        """Have `forget` called with the id of each library, closed, whose files are about to be erased."""
        self._erasing.append(forget)

    @contextlib.contextmanager
    def held(self, library_id: str, *, may_lack: bool = False) -> Iterator[None]:
        """Keep a library, which may lack, from being opened, closed, made and erased; errors as in `Leases.take`."""
        with self.leases.slot(library_id):
            if not may_lack:
                self._names.check_exists(library_id)
            yield

    def create(self, library_id: str, *, display_name: str = "") -> LibraryRecord:
        """Create an empty library: it is there with its name, or not at all.

        Raises:
            InvalidArgumentError: LIBRARY_ID_INVALID or DISPLAY_NAME_TOO_LONG.
            AlreadyExistsError: LIBRARY_EXISTS.
            ResourceExhaustedError: TOO_MANY_LIBRARIES.
            UnavailableError: LIBRARY_UNAVAILABLE, the folder can't be written or its disk is full.

        """
        checks = Checks()
        checks.run(check_library_id, library_id)
        name = checks.run(checked_display_name, display_name, field="library.display_name")
        checks.done()
        with self.leases.slot(library_id) as slot:
            self._names.check_room(library_id, lambda: self._record(library_id, slot))
            self._check_open()
            return self.leases.open(library_id, slot, partial(self._files.make, library_id, name)).library.record()

    def lease(self, library_id: str, *, people: bool = False) -> contextlib.AbstractContextManager[Library]:
        """Give a library for as long as the block lasts; see `Leases.lease`."""
        return self.leases.lease(library_id, people=people)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all libraries, ascending."""
        return self._names.all()

    def record(self, library_id: str) -> LibraryRecord:
        """Return what a library is like, without leaving it open if it is closed; errors as in `Leases.take`."""
        with self.leases.slot(library_id) as slot:
            self._names.check_exists(library_id)
            return self._record(library_id, slot)

    def list(self, *, after: str | None = None, limit: int) -> Page[LibraryRecord | UnavailableLibrary, str]:
        """List libraries by id, those that cannot be opened too.

        Raises:
            UnavailableError: SHUTTING_DOWN.

        """
        ids = [library_id for library_id in self.ids() if after is None or library_id > after]
        records: list[LibraryRecord | UnavailableLibrary] = []
        for library_id in ids[:limit]:
            try:
                records.append(self.record(library_id))
            except NotFoundError:
                continue  # Erased since the names were read.
            except UnavailableError as error:
                if error.reason is not Reason.LIBRARY_UNAVAILABLE:
                    raise
                records.append(UnavailableLibrary(library_id, error))
        keys = tuple(record.id for record in records)
        return Page(tuple(records), keys, ids[limit - 1] if len(ids) > limit else None)

    def delete(
        self, library_id: str, *, force: bool = False, etag: str | None = None, validate_only: bool = False
    ) -> LibraryRecord | UnavailableLibrary:
        """Erase a library's file and all beside it; return the library as it was.

        Calls in progress finish first; those that have not begun to read are refused. Later ones wait until it is over.
        The default library is there again, empty, as soon as it is asked for.

        Args:
            library_id: the library.
            force: whether to erase it if it holds images, or if it cannot be opened, so that nobody knows.
            etag: if set, erase it only while this is its etag.
            validate_only: check, but erase nothing.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            FailedPreconditionError: LIBRARY_NOT_EMPTY.
            AbortedError: ETAG_MISMATCH.
            UnavailableError: LIBRARY_UNAVAILABLE, it cannot be opened and `force` is not set or an etag is; or its
                file cannot be removed.

        """
        self._names.check_exists(library_id)
        with self.leases.slot(library_id) as slot:
            self._names.check_exists(library_id)
            record: LibraryRecord | UnavailableLibrary
            try:
                library = self.leases.open(library_id, slot).library
                with library.exclusive(), self._files.blamed(library_id):
                    record = library.record()
                    check_erasable(record, force=force, etag=etag)
                    if not validate_only:
                        # Whoever comes from here on waits for the slot, and finds what is there then.
                        self.leases.forget(library_id, slot)
                        library.close(gone(library_id))
            except UnavailableError as error:
                if error.reason is not Reason.LIBRARY_UNAVAILABLE or not force or etag:
                    raise
                record = UnavailableLibrary(library_id, error)
                if slot.lease is not None and not validate_only:
                    library = slot.lease.library
                    self.leases.forget(library_id, slot)
                    self._files.close_damaged(library, gone(library_id))
            if not validate_only:
                self._summaries.forget(library_id)
                for forget in self._erasing:
                    forget(library_id)
                self._files.erase(library_id)
        return record

    def maintain(self) -> None:
        """Tidy up the files of idle libraries, and close those that have no room; meant for every few seconds."""
        for library in self.leases.each():
            try:
                library.checkpoint_if_idle()
            except Exception:  # noqa: BLE001
                # It may have been erased meanwhile, or be damaged: no reason to leave the others alone.
                _log.exception("maintenance_failed", library=library.id)
        self.leases.fit()

    def close(self) -> None:
        """Close all libraries after the calls in progress; later calls raise UnavailableError, SHUTTING_DOWN."""
        self._closed = True
        try:
            self.leases.close()
        finally:
            self._folder.close()

    def _record(self, library_id: str, slot: Slot) -> LibraryRecord:
        """Return a library's record; one that was closed is closed again, for a list must not open them all."""
        if slot.lease is not None:
            return slot.lease.library.record()
        self._check_open()
        record = self._summaries.find(library_id)
        if record is None:
            with self._files.blamed(library_id), contextlib.closing(self._open(library_id)) as library:
                record = library.record()
            record = self._summaries.keep(record)
        return record

    def _open(self, library_id: str) -> Library:
        self._check_open()
        self._names.check_exists(library_id)
        if library_id == DEFAULT_LIBRARY and not self._names.has_file(library_id):
            self._files.make(library_id, "").close()
        return self._files.open(library_id)

    def _close_idle(self, library: Library) -> None:
        with_people = library.memory.has_people
        try:
            # A write of a call that is gone may still be under way, and is to be in the record.
            with library.exclusive():
                try:
                    record = library.record()
                finally:
                    library.close()
            self._summaries.keep(record)
        except Exception:  # noqa: BLE001
            # A damaged file, perhaps: it is no matter of the call that needs the room.
            _log.exception("close_failed", library=library.id)
        _log.debug("library_closed", library=library.id)
        if with_people:
            # What is known of people refers to itself here and there, and would stay for long.
            gc.collect()

    def _check_open(self) -> None:
        if self._closed:
            raise shutting_down()
