"""The libraries under a folder."""

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.display_name import checked_display_name
from services.catalog.erasure import erase_library, finish_erasures
from services.catalog.library import DEFAULT_MEMORY_LIMIT, Library
from services.catalog.records import LibraryRecord, Page
from services.common.errors import (
    AbortedError,
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from services.common.excerpt import excerpt
from services.common.limits import MAX_LIBRARIES

DEFAULT_LIBRARY: Final = "default"

_ID: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUFFIX: Final = ".duckdb"
_log = structlog.get_logger()


@dataclass(slots=True)
class _Slot:
    """Keeps threads from opening, or erasing, one library twice."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    library: Library | None = None


class Catalog:
    """All libraries under a folder, one file each, opened when first asked for; methods may be called from any thread.

    Args:
        directory: the folder; created if missing.
        parameters: of clustering, for libraries to come.
        max_libraries: how many there may be.
        memory_limit: how much memory DuckDB may use for each open library, for example ``512MB``.
        threads: of one search or one clustering.

    """

    def __init__(
        self,
        directory: Path,
        *,
        parameters: ClusteringParameters | None = None,
        max_libraries: int = MAX_LIBRARIES,
        memory_limit: str = DEFAULT_MEMORY_LIMIT,
        threads: int = 1,
    ) -> None:
        self._directory = directory
        self._parameters = parameters or ClusteringParameters()
        self._max_libraries = max_libraries
        self._memory_limit = memory_limit
        self._threads = threads
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot] = {}
        self._closed = False
        directory.mkdir(parents=True, exist_ok=True)
        finish_erasures(directory)

    def create(self, library_id: str, *, display_name: str = "") -> LibraryRecord:
        """Create an empty library.

        Raises:
            InvalidArgumentError: LIBRARY_ID_INVALID or DISPLAY_NAME_TOO_LONG.
            AlreadyExistsError: LIBRARY_EXISTS.
            ResourceExhaustedError: TOO_MANY_LIBRARIES.
            UnavailableError: LIBRARY_UNAVAILABLE, the folder can't be written.

        """
        if _ID.fullmatch(library_id) is None:
            raise InvalidArgumentError(
                Reason.LIBRARY_ID_INVALID,
                f"{excerpt(library_id)!r} is no library id: use 1 to 63 lower-case letters, digits and hyphens, "
                "a letter first and no hyphen last.",
                field="library_id",
            )
        name = checked_display_name(display_name, field="library.display_name")
        slot = self._slot(library_id)
        with slot.lock:
            if self._exists(library_id):
                raise AlreadyExistsError(
                    Reason.LIBRARY_EXISTS,
                    f"Library {library_id!r} exists already. Use it, or choose another id.",
                    resource=f"libraries/{library_id}",
                )
            count = len(self._ids())
            if count >= self._max_libraries:
                raise ResourceExhaustedError(
                    Reason.TOO_MANY_LIBRARIES,
                    f"There are {count} libraries, and the limit is {self._max_libraries}. Delete one, or raise it.",
                    metadata={"limit": str(self._max_libraries), "value": str(count)},
                )
            slot.library = self._open(library_id, display_name=name)
            return slot.library.record()

    def get(self, library_id: str) -> Library:
        """Return a library, opened and clustered; the default one is created if it is missing.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            UnavailableError: LIBRARY_UNAVAILABLE, its file is locked, damaged, newer, or cannot be written.

        """
        self._check_exists(library_id)
        slot = self._slot(library_id)
        with slot.lock:
            if slot.library is None:
                self._check_exists(library_id)
                library = self._open(library_id)
                try:
                    library.load()
                except BaseException:
                    library.close()
                    raise
                slot.library = library
            return slot.library

    def list(self, *, after: str | None = None, limit: int) -> Page[LibraryRecord, str]:
        """List libraries by id. One that cannot be opened is left out of its page, and the log says why."""
        ids = [library_id for library_id in self._ids() if after is None or library_id > after]
        records = []
        for library_id in ids[:limit]:
            try:
                records.append(self._peek(library_id))
            except (NotFoundError, UnavailableError) as error:
                _log.warning("library_left_out", library=library_id, reason=error.reason.value)
        keys = tuple(record.id for record in records)
        return Page(tuple(records), keys, ids[limit - 1] if len(ids) > limit else None)

    def delete(
        self, library_id: str, *, force: bool = False, etag: str | None = None, validate_only: bool = False
    ) -> LibraryRecord:
        """Erase a library's file and all beside it; return the library as it was.

        Calls in progress finish first. The default library is there again, empty, as soon as it is asked for.

        Args:
            library_id: the library.
            force: whether to erase it if it holds images.
            etag: if set, erase it only while this is its etag.
            validate_only: check, but erase nothing.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            FailedPreconditionError: LIBRARY_NOT_EMPTY.
            AbortedError: ETAG_MISMATCH.
            UnavailableError: LIBRARY_UNAVAILABLE.

        """
        self._check_exists(library_id)
        resource = f"libraries/{library_id}"
        slot = self._slot(library_id)
        with slot.lock:
            self._check_exists(library_id)
            library = slot.library or self._open(library_id)
            slot.library = library
            with library.exclusive():
                record = library.record()
                if etag and etag != record.etag:
                    raise AbortedError(
                        Reason.ETAG_MISMATCH,
                        f"The library has changed since its etag was {excerpt(etag)!r}. Get it again before "
                        "you erase it.",
                        resource=resource,
                    )
                if record.image_count and not force:
                    raise FailedPreconditionError(
                        Reason.LIBRARY_NOT_EMPTY,
                        f"Library {library_id!r} holds {record.image_count:,} images. Set force to erase them too.",
                        resource=resource,
                        metadata={"image_count": str(record.image_count)},
                    )
                if validate_only:
                    return record
                library.close(self._not_found(library_id))
            slot.library = None
            try:
                erase_library(self._path(library_id))
            except OSError as error:
                raise UnavailableError(
                    Reason.LIBRARY_UNAVAILABLE,
                    f"{self._path(library_id)} can't be removed ({error.strerror}). Check the permissions of its "
                    "folder, then erase the library again.",
                    resource=resource,
                ) from error
        return record

    def maintain(self) -> None:
        """Move grown write-ahead logs into the files of idle libraries; meant to be called every few seconds."""
        with self._lock:
            libraries = [slot.library for slot in self._slots.values() if slot.library is not None]
        for library in libraries:
            library.checkpoint_if_idle()

    def close(self) -> None:
        """Close all libraries after the calls in progress; later calls raise UnavailableError, SHUTTING_DOWN."""
        with self._lock:
            self._closed = True
            slots = list(self._slots.values())
        for slot in slots:
            with slot.lock:
                if slot.library is not None:
                    slot.library.close()

    def _slot(self, library_id: str) -> _Slot:
        with self._lock:
            return self._slots.setdefault(library_id, _Slot())

    def _peek(self, library_id: str) -> LibraryRecord:
        """Return a library's record; one that was closed is closed again, for a list must not load them all."""
        slot = self._slot(library_id)
        with slot.lock:
            if slot.library is not None:
                return slot.library.record()
            self._check_exists(library_id)
            library = self._open(library_id)
            try:
                return library.record()
            finally:
                library.close()

    def _open(self, library_id: str, *, display_name: str = "") -> Library:
        if self._closed:
            raise UnavailableError(
                Reason.SHUTTING_DOWN, "The catalog is shutting down. Try again in a moment.", retry_after=1.0
            )
        return Library(
            self._path(library_id),
            library_id,
            display_name=display_name,
            parameters=self._parameters,
            memory_limit=self._memory_limit,
            threads=self._threads,
        )

    def _path(self, library_id: str) -> Path:
        return self._directory / f"{library_id}{_SUFFIX}"

    def _ids(self) -> tuple[str, ...]:
        found = {file.name.removesuffix(_SUFFIX) for file in self._directory.glob(f"*{_SUFFIX}")}
        return tuple(sorted({library_id for library_id in found if _ID.fullmatch(library_id)} | {DEFAULT_LIBRARY}))

    def _exists(self, library_id: str) -> bool:
        return library_id == DEFAULT_LIBRARY or (
            _ID.fullmatch(library_id) is not None and self._path(library_id).exists()
        )

    def _check_exists(self, library_id: str) -> None:
        if not self._exists(library_id):
            raise self._not_found(library_id)

    def _not_found(self, library_id: str) -> NotFoundError:
        shown = excerpt(library_id)
        return NotFoundError(
            Reason.LIBRARY_NOT_FOUND,
            f"There is no library {shown!r}. List the libraries, or create it.",
            resource=f"libraries/{shown}",
        )
