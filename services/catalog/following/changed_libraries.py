"""Libraries whose folders somebody is to look at again."""

import threading
from collections.abc import Iterable


class ChangedLibraries:
    """A set of ids of libraries, told from any thread, taken by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = set[str]()

    def add(self, library_id: str) -> None:
        """Have a library looked at, be it there or not."""
        self.add_all([library_id])

    def add_all(self, library_ids: Iterable[str]) -> None:
        """Have libraries looked at."""
        with self._lock:
            self._ids.update(library_ids)

    def take(self) -> list[str]:
        """Return all of them, by id, and forget them."""
        with self._lock:
            taken, self._ids = sorted(self._ids), set()
        return taken
