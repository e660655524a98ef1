"""The files of libraries: each is made whole or not at all, opened, and erased for good."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import structlog

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.erasure import erase_library
from services.catalog.libraries_folder import LibrariesFolder
from services.catalog.library import Library
from services.catalog.storage.unavailable import library_unavailable
from services.common.errors import AlbumenError

_log = structlog.get_logger()


class LibraryFiles:
    """Makes, opens and erases libraries in a folder; not more than one thread at a time for one library.

    Args:
        folder: where they are.
        parameters: of clustering, for libraries to come.
        memory_limit: how much memory DuckDB may use for each open library, for example ``512MB``.
        threads: of one search or one clustering.

    """

    def __init__(
        self, folder: LibrariesFolder, parameters: ClusteringParameters, *, memory_limit: str, threads: int
    ) -> None:
        self._folder = folder
        self._parameters = parameters
        self._memory_limit = memory_limit
        self._threads = threads

    def exists(self, library_id: str) -> bool:
        """Whether there is a file of this name, whatever is in it."""
        return self._folder.library(library_id).exists()

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

    def open(self, library_id: str, *, load: bool = False) -> Library:
        """Open a library.

        Args:
            library_id: the library; its file exists.
            load: whether to bring its people into memory.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, its file is locked, damaged, newer, or can't be written.

        """
        library = self._open(self._folder.library(library_id), library_id)
        if load:
            try:
                with self.blamed(library_id):
                    library.load()
            except BaseException:
                library.close()
                raise
        return library

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

    @contextlib.contextmanager
    def blamed(self, library_id: str) -> Iterator[None]:
        """Turn whatever a damaged file makes of the code that reads it into LIBRARY_UNAVAILABLE of that library."""
        try:
            yield
        except AlbumenError:
            raise
        except Exception as error:
            path = self._folder.library(library_id)
            _log.exception("library_unavailable", file=str(path))
            raise library_unavailable(
                path,
                "Its file is damaged: restore it from a backup, or erase the library by DeleteLibrary with force set.",
            ) from error

    def _open(self, path: Path, library_id: str, display_name: str = "") -> Library:
        with self.blamed(library_id):
            return Library(
                path,
                library_id,
                display_name=display_name,
                parameters=self._parameters,
                memory_limit=self._memory_limit,
                threads=self._threads,
            )
