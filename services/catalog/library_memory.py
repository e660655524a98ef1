"""What an open library holds in memory."""

from typing import Final

from services.catalog.image_finder import ImageFinder
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.database import Database
from services.catalog.storage.known import Known

# What DuckDB takes for an open file beside the blocks that it holds.
OPEN_BYTES: Final = 6_000_000


class LibraryMemory:
    """Says how much memory one library takes, and brings its people there; methods may be called from any thread.

    Args:
        database: the library's file.
        people: of the library.
        known: what was read of it before.
        finder: of its images.

    """

    def __init__(self, database: Database, people: PeopleWriter, known: Known, finder: ImageFinder) -> None:
        self._database = database
        self._people = people
        self._known = known
        self._finder = finder

    @property
    def has_people(self) -> bool:
        """Whether the people are there; if not, whatever first needs them reads them from the file."""
        return self._people.loaded

    def load_people(self) -> None:
        """Bring the people there, unless they are."""
        with self._database.exclusive():
            self._people.ensure_loaded()

    def size_of_files(self) -> int:
        """Return about how many bytes the library takes without its people: DuckDB, and what was read before."""
        return OPEN_BYTES + self._database.memory() + self._known.nbytes + self._finder.nbytes

    def size_of_people(self) -> int:
        """Return about how many bytes the people take once they are there."""
        return self._people.memory()
