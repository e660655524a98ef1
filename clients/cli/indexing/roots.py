"""The files and folders that a run was given, and whether they are still what they were when it began."""

import errno
import os
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from clients.cli import exit_codes
from clients.cli.failure import CommandError
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.scan.default_excludes import is_system_folder
from clients.cli.summary import plural

# So many files gone at once are not deleted, they are on a drive that is not there.
MANY_FILES: Final = 5
_FAULTS_IN_A_ROW: Final = 10
# What a system says when a drive or a server is away, whatever file is asked for.
_DRIVE_AWAY: Final = frozenset(
    getattr(errno, name)
    for name in ("ENODEV", "ENXIO", "ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ETIMEDOUT", "ESHUTDOWN")
    if hasattr(errno, name)
)
# What may be the fault of one file, or of the machine if it goes on.
_MAYBE_AWAY: Final = frozenset((errno.EIO, errno.ENOENT, errno.ENOTDIR))


class SourceVanishedError(CommandError):
    """The files are away as a whole: nothing can be said of any of them."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(
            message,
            reason="SOURCE_VANISHED",
            advice=advice or "Bring the drive or the share back, then run the same command again.",
            exit_code=exit_codes.SOURCE_VANISHED,
        )


class Roots:
    """The files and folders that a run was given.

    Args:
        paths: as the user named them.

    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        self._identities = {absolute(path): _identity(path) for path in self.paths}
        self._faults_in_a_row = 0

    def require_there(self, known: KnownFiles) -> None:
        """Check that no root is missing, or empty where many files are known.

        Raises:
            SourceVanishedError: files are known under a root that is not there, or empty.
            CommandError: a root is not there, and never was.

        """
        for path in self.paths:
            count = known.count_under(path)
            if not path.exists():
                if count:
                    raise SourceVanishedError(
                        f"{path} is not there, where {plural(count, 'file is', 'files are')} known.", _gone(path)
                    )
                raise CommandError(f"There is no file or folder {path}.", exit_code=exit_codes.WRONG_USE)
            if count >= MANY_FILES and is_empty_folder(path):
                raise SourceVanishedError(f"{path} is empty, where {count:,} files are known.", _gone(path))

    def require_unchanged(self) -> None:
        """Check that every root is still the file or folder that it was.

        Raises:
            SourceVanishedError: one is not.

        """
        for path, before in self._identities.items():
            if before is not None and _identity(path) != before:
                raise SourceVanishedError(f"{path} went away.")

    def judge(self, path: Path, error: OSError) -> None:
        """Take notice that the file or folder at `path` can't be read.

        Raises:
            SourceVanishedError: that is not the fault of this file.

        """
        self.require_unchanged()
        if error.errno in _DRIVE_AWAY:
            raise SourceVanishedError(f"{path} can't be read: {error.strerror or error}.")
        # A link may lead nowhere for years; that says nothing of the drive that it is on.
        if error.errno not in _MAYBE_AWAY or path.is_symlink():
            return
        self._faults_in_a_row += 1
        if self._faults_in_a_row >= _FAULTS_IN_A_ROW:
            raise SourceVanishedError(
                f"{self._faults_in_a_row} files in a row can't be read, {path} the last: {error.strerror or error}."
            )

    def notice_success(self) -> None:
        """Take notice that a file could be read."""
        self._faults_in_a_row = 0


def is_empty_folder(path: Path) -> bool:
    """Return whether `path` is a folder in which nothing is but what is hidden, or made by the system itself."""
    try:
        with os.scandir(path) as entries:
            return all(entry.name.startswith(".") or is_system_folder(entry.name) for entry in entries)
    except OSError:
        return False


def _gone(path: Path) -> str:
    command = shlex.join(("albumen", "forget", "--even-all", str(path)))
    return f"Is its drive or share mounted? If the files are gone for good: {command}"


def absolute(path: Path) -> Path:
    """Return `path` from the root of the file system on, as the user sees it: symbolic links are kept."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which folder `path` is; None if it is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    # A file may be replaced by another at any time: many programs save so.
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
