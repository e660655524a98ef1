"""How much may be watched, of all folders together."""

from services.common.limits import MAX_WATCHED_DIRECTORIES, MAX_WATCHED_FOLDERS


class WatchBudget:
    """Counts what is watched; belongs to one thread.

    Args:
        folders: how many there may be: each takes one of the user's instances of inotify.
        directories: how many they may have together: each takes about a kilobyte of the kernel's memory.

    """

    def __init__(self, folders: int = MAX_WATCHED_FOLDERS, directories: int = MAX_WATCHED_DIRECTORIES) -> None:
        self._folders = folders
        self._directories = directories

    def left_for(self, held: int) -> int:
        """Return how many directories a folder may have that has `held` now; 0 if there may be no more folder."""
        return self._directories + held if self._folders or held else 0

    def take(self, directories: int) -> None:
        """Count a folder with so many directories."""
        self._folders -= 1
        self._directories -= directories

    def give_back(self, directories: int) -> None:
        """Count it no more."""
        self._folders += 1
        self._directories += directories
