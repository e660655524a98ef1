"""Libraries that come from elsewhere, a backup for example."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from services.catalog.leases import Leases, Slot
from services.catalog.library_files import LibraryFiles
from services.catalog.library_names import DEFAULT_LIBRARY, LibraryNames, gone, taken
from services.catalog.records import LibraryRecord
from services.catalog.summaries import Summaries
from services.common.library_id import check_library_id


class Arrivals:
    """Gives libraries that arrive their place; methods may be called from any thread.

    Args:
        names: which libraries there are.
        files: of the libraries.
        leases: of the libraries.
        summaries: of closed libraries.
        record: returns what a library is like whose slot the caller has.
        check_open: raises UnavailableError, SHUTTING_DOWN, once the catalog is closed.

    """

    def __init__(
        self,
        names: LibraryNames,
        files: LibraryFiles,
        leases: Leases,
        summaries: Summaries,
        *,
        record: Callable[[str, Slot], LibraryRecord],
        check_open: Callable[[], None],
    ) -> None:
        self._names = names
        self._files = files
        self._leases = leases
        self._summaries = summaries
        self._record = record
        self._check_open = check_open
        self._adopted: list[Callable[[str], None]] = []

    def after_adopting(self, look: Callable[[str], None]) -> None:
        """Have `look` called with the id of each library that has come from elsewhere."""
        self._adopted.append(look)

    def check_free(self, library_id: str) -> None:
        """Refuse what can't be the id of a library that comes from elsewhere.

        The default library is always there: one may take its place as long as it holds no image.

        Raises:
            InvalidArgumentError: LIBRARY_ID_INVALID.
            AlreadyExistsError: LIBRARY_EXISTS.
            ResourceExhaustedError: TOO_MANY_LIBRARIES.

        """
        check_library_id(library_id)
        with self._leases.slot(library_id) as slot:
            if library_id != DEFAULT_LIBRARY:
                self._names.check_room(library_id, lambda: self._record(library_id, slot))
            elif _holds_images(self._record(library_id, slot)):
                raise taken(library_id, lambda: self._record(library_id, slot))

    def arriving(self, library_id: str) -> AbstractContextManager[Path]:
        """Give a path at which a library is put that comes from elsewhere; what is left there in the end is removed."""
        return self._files.arriving(library_id)

    def adopt(self, arrived: Path, library_id: str) -> LibraryRecord:
        """Bring a library that has arrived to the current schema, and give it an id: it is there whole, or not at all.

        Raises:
            AlreadyExistsError: LIBRARY_EXISTS.
            ResourceExhaustedError: TOO_MANY_LIBRARIES.
            UnavailableError: LIBRARY_UNAVAILABLE, it is damaged, newer, or there is no room for it.

        """
        self._files.prepare(arrived, library_id)
        with self._leases.slot(library_id) as slot:
            if library_id == DEFAULT_LIBRARY:
                self._make_way(library_id, slot)
            else:
                self._names.check_room(library_id, lambda: self._record(library_id, slot))
            self._check_open()
            self._summaries.forget(library_id)
            self._files.adopt(arrived, library_id)
            for look in self._adopted:
                look(library_id)
            return self._leases.open(library_id, slot).library.record()

    def _make_way(self, library_id: str, slot: Slot) -> None:
        """Close an empty library, which another one is to replace."""
        # Opening makes it, if it is not there.
        library = self._leases.open(library_id, slot).library
        with library.exclusive(), self._files.blamed(library_id):
            if _holds_images(library.record()):
                raise taken(library_id, lambda: self._record(library_id, slot))
            self._leases.forget(library_id, slot)
            library.close(gone(library_id))


def _holds_images(record: LibraryRecord) -> bool:
    return record.image_count + record.trashed_count > 0
