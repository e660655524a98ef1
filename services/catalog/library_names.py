"""Which libraries there are, and which ids are free."""

from collections.abc import Callable
from typing import Final

from services.catalog.libraries_folder import LibrariesFolder
from services.catalog.not_found import library_not_found
from services.catalog.storage.unavailable import being_emptied
from services.common.errors import AlbumenError, AlreadyExistsError, Reason, ResourceExhaustedError, UnavailableError
from services.common.library_id import is_library_id

DEFAULT_LIBRARY: Final = "default"


class LibraryNames:
    """The ids of the libraries in a folder; the default library is always there.

    Args:
        folder: where they are.
        most: how many there may be.

    """

    def __init__(self, folder: LibrariesFolder, most: int) -> None:
        self._folder = folder
        self._most = most

    def all(self) -> tuple[str, ...]:
        """Return the ids of all libraries, ascending."""
        return tuple(sorted({DEFAULT_LIBRARY, *filter(is_library_id, self._folder.ids())}))

    def has_file(self, library_id: str) -> bool:
        """Whether there is a file of this name, whatever is in it."""
        return self._folder.library(library_id).exists()

    def check_exists(self, library_id: str) -> None:
        """Raise NotFoundError, LIBRARY_NOT_FOUND, if there is no such library."""
        if not self._exists(library_id):
            raise library_not_found(library_id)

    def check_room(self, library_id: str, look: Callable[[], object]) -> None:
        """Refuse an id that is taken, and one more library than there may be; see `taken`.

        Raises:
            AlreadyExistsError: LIBRARY_EXISTS.
            ResourceExhaustedError: TOO_MANY_LIBRARIES.

        """
        if self._exists(library_id):
            raise taken(library_id, look)
        count = len(self.all())
        if count >= self._most:
            raise ResourceExhaustedError(
                Reason.TOO_MANY_LIBRARIES,
                f"The limit of libraries, {self._most}, is reached. Delete one, or raise it.",
                metadata={"limit": str(self._most), "value": str(count)},
            )

    def _exists(self, library_id: str) -> bool:
        return library_id == DEFAULT_LIBRARY or (bool(is_library_id(library_id)) and self.has_file(library_id))


def taken(library_id: str, look: Callable[[], object]) -> AlreadyExistsError:
    """Return what is told of an id that is taken; `look` opens that library, so that its faults are told too."""
    advice = "Use it, or choose another id."
    try:
        look()
    except UnavailableError as error:
        advice = f"{error.message} Or choose another id."
    return AlreadyExistsError(
        Reason.LIBRARY_EXISTS,
        f"Library {library_id!r} exists already. {advice}",
        resource=f"libraries/{library_id}",
    )


def gone(library_id: str) -> AlbumenError:
    """Return what calls are told that hold a library while it is erased."""
    return being_emptied(library_id) if library_id == DEFAULT_LIBRARY else library_not_found(library_id)
