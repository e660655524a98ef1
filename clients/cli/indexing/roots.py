"""The files and folders that a run was given, and whether they are still what they were when it began."""

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.failure import CommandError
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.indexing.vanished import SourceVanishedError, absolute, is_empty_folder, is_there, require_present
from clients.cli.source import to_uri

_FAULTS_IN_A_ROW: Final = 10
# What a system says when a drive or a server is away, whatever file is asked for.
_DRIVE_AWAY: Final = frozenset(
    getattr(errno, name)
    for name in ("ENODEV", "ENXIO", "ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ETIMEDOUT", "ESHUTDOWN")
    if hasattr(errno, name)
)
# What may be the fault of one file, or of the machine if it goes on.
_MAYBE_AWAY: Final = frozenset((errno.EIO, errno.ENOENT, errno.ENOTDIR))


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
        """Check that every root is there, and that none is empty in which files are known.

        Raises:
            SourceVanishedError: a root has vanished in which files are known.
            CommandError: a root is not there otherwise.

        """
        away = frozenset(absolute(path) for path in self.paths if not is_there(path) or is_empty_folder(path))
        if not away:
            return
        # What is missing elsewhere may have moved, as the run will tell.
        inside = (file for file in known.paths() if not away.isdisjoint((file, *file.parents)))
        require_present((file for file in inside if not os.path.lexists(file)), self.paths)
        for path in self.paths:
            if not is_there(path):
                raise _nothing_at(path, known)

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
        if error.errno not in _MAYBE_AWAY or os.path.islink(path):  # noqa: PTH114 - says no where a Path would raise
            return
        self._faults_in_a_row += 1
        if self._faults_in_a_row >= _FAULTS_IN_A_ROW:
            raise SourceVanishedError(
                f"{self._faults_in_a_row} files in a row can't be read, {path} the last: {error.strerror or error}."
            )

    def notice_success(self) -> None:
        """Take notice that a file could be read."""
        self._faults_in_a_row = 0


def _nothing_at(path: Path, known: KnownFiles) -> CommandError:
    forget = command("forget", str(absolute(path)))
    was_known = known.get(to_uri(path)) is not None
    return CommandError(
        f"There is no file or folder {path}.",
        advice=f"It was indexed once. If it is gone for good: {forget}" if was_known else "",
        exit_code=exit_codes.WRONG_USE,
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which folder `path` is; None if it is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    # A file may be replaced by another at any time: many programs save so.
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
