"""The files of libraries: each is made whole or not at all, opened, and erased for good."""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import structlog

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.erasure import erase_library
from services.catalog.events import EventFeed
from services.catalog.libraries_folder import LibrariesFolder
from services.catalog.library import Library
from services.catalog.library_resources import LibraryResources
from services.catalog.records import LibraryRecord
from services.catalog.storage.unavailable import blamed, library_unavailable
from services.common.errors import AlbumenError

_log = structlog.get_logger()


class LibraryFiles:
    """Makes, opens and erases libraries in a folder; not more than one thread at a time for one library.

    Args:
        folder: where they are.
        parameters: of clustering, for libraries to come.
        resources: what each open library may take.
        trash: how long an image stays in the trash before it is erased.
        feed: where events go.

    """

    def __init__(
        self,
        folder: LibrariesFolder,
        parameters: ClusteringParameters,
        *,
        resources: LibraryResources,
        trash: timedelta,
        feed: EventFeed,
    ) -> None:
        self._folder = folder
        self._parameters = parameters
        self._resources = resources
        self._trash = trash
        self._feed = feed

    def make(self, library_id: str, display_name: str) -> Library:
        """Make a library and open it.

        A process may die, and a disk be full, at any moment: so the file is made under a name that no list shows,
        closed, and renamed once all of it is there.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, the folder can't be written or its disk is full.

        """
        unfinished = self._folder.unfinished(library_id)
        try:
            self._open(unfinished, library_id, display_name).close()
            self._folder.publish(library_id)
        except OSError as error:
            erase_library(unfinished)
            raise library_unavailable(unfinished, f"Its file can't be made ({error.strerror}).") from error
        except BaseException:
            erase_library(unfinished)
            raise
        return self.open(library_id)

    @contextlib.contextmanager
    def arriving(self, library_id: str) -> Iterator[Path]:
        """Give a path at which a library is put that comes from elsewhere; what is left there in the end is removed."""
        path = self._folder.arriving(library_id)
        try:
            yield path
        finally:
            erase_library(path)

    def prepare(self, arrived: Path, library_id: str) -> LibraryRecord:
        """Bring a library that has arrived to the current schema, and close it; return what it is like.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, it is damaged, newer, or there is no room for it.

        """
        with blamed(arrived), contextlib.closing(self._open(arrived, library_id)) as library:
            return library.record()

    def adopt(self, arrived: Path, library_id: str) -> None:
        """Give a library that was prepared its place, in which there is none, or a closed one that goes.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, its folder can't be written.

        """
        try:
            self._folder.adopt(arrived, library_id)
        except OSError as error:
            raise library_unavailable(arrived, f"Its file can't be put there ({error.strerror}).") from error
        # Whoever watched what was there is told that it is gone.
        self._feed.announce(library_id)

    def open(self, library_id: str) -> Library:
        """Open a library, without its people.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, its file is locked, damaged, newer, or can't be written.

        """
        library = self._open(self._folder.library(library_id), library_id)
        try:
            # A file that is cut off opens, and fails whoever reads what is missing.
            with self.blamed(library_id):
                library.record()
        except BaseException:
            library.close()
            raise
        return library

    def blamed(self, library_id: str) -> AbstractContextManager[None]:
        """Turn whatever a damaged file makes of the code that reads it into LIBRARY_UNAVAILABLE of that library."""
        return blamed(self._folder.library(library_id))

    @staticmethod
    def close_damaged(library: Library, reason: AlbumenError) -> None:
        """Close what is to be erased, whatever state it is in."""
        try:
            library.close(reason)
        except Exception:  # noqa: BLE001
            # Only the file's erasure matters now, and that doesn't need it closed.
            _log.exception("close_failed", library=library.id)

    def erase(self, library_id: str) -> None:
        """Remove a closed library's file and all beside it.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, they can't be removed.

        """
        path = self._folder.library(library_id)
        try:
            erase_library(path)
        except OSError as error:
            raise library_unavailable(
                path, f"It can't be erased ({error.strerror}). Check the permissions of its folder, then try again."
            ) from error
        # Whoever watches it is told that it is gone.
        self._feed.announce(library_id)

    def _open(self, path: Path, library_id: str, display_name: str = "") -> Library:
        with blamed(path):
            return Library(
                path,
                library_id,
                display_name=display_name,
                parameters=self._parameters,
                resources=self._resources,
                trash=self._trash,
                feed=self._feed,
            )
