"""Which images were changed by which commit, for who keeps something of them in memory."""

import threading
from collections.abc import Collection
from typing import Final

# Whoever has missed more does better to read everything anew.
_MOST: Final = 50_000


class ImageChanges:
    """Tells the one follower what to read again; methods may be called from any thread.

    Commits are counted, since a reader may see more of them than it knows of, but never fewer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits = 0
        self._changed: dict[int, int] = {}
        # The last commit of which not all that it changed is known.
        self._missed = 0

    @property
    def commits(self) -> int:
        """How many commits changed images: whoever begins to read now sees all of them."""
        return self._commits

    def add(self, image_ids: Collection[int]) -> None:
        """Note a commit that has succeeded, and the images that it changed or deleted; those it stored need no note."""
        with self._lock:
            self._commits += 1
            self._changed.update(dict.fromkeys(image_ids, self._commits))
            if len(self._changed) > _MOST:
                self._changed.clear()
                self._missed = self._commits

    def take(self, *, after: int, until: int) -> list[int] | None:
        """Return the images that the commits between two numbers changed or deleted; None if they are not known.

        Commits up to `until` are not asked for again.
        """
        with self._lock:
            if after < self._missed:
                return None
            taken = [image for image, commit in self._changed.items() if commit <= until]
            for image in taken:
                del self._changed[image]
        return taken
