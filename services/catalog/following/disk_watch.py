"""Directories that the system watches: whether anything has happened in them."""

import hashlib
import os
from collections.abc import Sequence
from typing import Final

from services.catalog.folders.directories import Directory
from services.common.scan.exclusions import IGNORE_FILE

# Who asks has waited already; in a thread of its own the library gathers what the system tells.
_STEP_MS: Final = 1


class WatchRefusedError(Exception):
    """The system does not watch the directories; the text says why, for people and without a path."""


class DiskWatch:
    """Watches directories, each for itself and not for what is in those below it.

    What happened is not kept, only that something did.

    Args:
        directories: which ones; signed so that others can be told from them.

    Attributes:
        signature: tells which directories they are.
        count: how many.

    Raises:
        FileNotFoundError: one of them is gone.
        WatchRefusedError: the system does not watch them.

    """

    def __init__(self, directories: Sequence[Directory]) -> None:
        # It brings an event loop of its own along, and most catalogs watch nothing.
        from watchfiles import watch  # noqa: PLC0415

        self.signature = signature_of(directories)
        self.count = len(directories)
        self._ended = False
        self._changes = watch(
            *(directory.path for directory in directories),
            # It would ask again until there is nothing but what counts: for as long as a hidden file is written.
            watch_filter=None,
            debounce=_STEP_MS,
            step=_STEP_MS,
            rust_timeout=_STEP_MS,
            yield_on_timeout=True,
            debug=False,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
            ignore_permission_denied=False,
        )
        try:
            # It watches from the first question on.
            self._has_changed = self._next()
        except FileNotFoundError:
            raise
        except UnicodeEncodeError:
            raise WatchRefusedError("the name of a directory in it is no UTF-8") from None
        except (OSError, RuntimeError) as error:
            # Its text names a directory.
            text = str(error).partition(" about [")[0]
            raise WatchRefusedError(
                f"the system refuses to watch it ({text}; see fs.inotify.max_user_watches and max_user_instances)"
            ) from error

    @property
    def ended(self) -> bool:
        """Whether it sees nothing more, and is to be made anew."""
        return self._ended

    def take_change(self) -> bool:
        """Return whether anything has happened since the last time, at once."""
        changed, self._has_changed = self._has_changed, False
        if self._ended:
            return changed
        try:
            return self._next() or changed
        except (OSError, RuntimeError, StopIteration):
            # A name that is no UTF-8, for one, is a change, too, and ends it.
            self._ended = True
            return True

    def _next(self) -> bool:
        """Return whether anything that counts has happened since the last time."""
        return any(_counts(path) for _, path in next(self._changes))

    def close(self) -> None:
        """Watch no more."""
        self._ended = True
        self._changes.close()


def signature_of(directories: Sequence[Directory]) -> bytes:
    """Return what tells directories from others, also from new ones of the same names."""
    digest = hashlib.sha256()
    for directory in directories:
        digest.update(os.fsencode(directory.path))
        digest.update(b"\0%d:%d\0" % directory[1:])
    return digest.digest()


def _counts(path: str) -> bool:
    """Return whether a sync may see what happened: hidden files are left out, but for those that say what else is."""
    name = path.rpartition("/")[2]
    return not name.startswith(".") or name == IGNORE_FILE
