"""Folders of the owner, and files and folders in them that are opened without leaving them."""

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final


def _flags(*names: str) -> int:
    """Return flags of `os.open`; Windows lacks them, and has no folders to read in."""
    return sum(getattr(os, name, 0) for name in names)


# Folders that may be passed through but not listed, where the system has a way to do so.
_FOLDER: Final = getattr(os, "O_PATH", os.O_RDONLY) | _flags("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
_LISTED: Final = os.O_RDONLY | _flags("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
# Nobody waits at a pipe for somebody to write, and no terminal becomes the service's.
_FILE: Final = os.O_RDONLY | _flags("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC")


class OutsideError(PermissionError):
    """A path leads out of the folders in which files may be read."""


class Roots:
    """The folders in which files may be read.

    Args:
        folders: they need not exist yet, and may come and go with their drives.

    """

    def __init__(self, folders: Iterable[Path]) -> None:
        # Without this flag, nothing keeps a file from being another one at the moment when it is opened.
        safe = hasattr(os, "O_NOFOLLOW")
        self._folders = [os.fsencode(folder.absolute()) for folder in folders] if safe else []

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._folders)

    def open(self, path: bytes) -> int | None:
        """Open the file at an absolute path, links followed, if it is in one of the folders.

        Returns:
            A descriptor to read from; None if the path leads to nothing that may be read.

        """
        try:
            return self.open_file(path)
        except (OSError, ValueError):
            return None

    def open_file(self, path: bytes) -> int:
        """Do the same, but say why there is none.

        Raises:
            OutsideError: it is in none of the folders.
            OSError: there is no such file, or it can't be read.

        """
        return open_within(*self._find(path))

    def open_folder(self, path: bytes) -> int:
        """Open a folder to be listed, which is one of the folders or in one of them, likewise."""
        root, place = self._find(path)
        if place == root:
            return os.open(root, _LISTED)
        return _open(root, place, _LISTED)

    def may_hold(self, path: bytes) -> bool:
        """Return whether a path is that of one of the folders, or below it, as it is written."""
        path = os.path.normpath(path)
        return any(path == folder or path.startswith(folder.rstrip(b"/") + b"/") for folder in self._folders)

    def _find(self, path: bytes) -> tuple[bytes, bytes]:
        """Return the folder that something is in, and its own path, both without links."""
        place = os.path.realpath(path, strict=True)
        for folder in self._folders:
            # It may come later, or not be there now.
            root = os.path.realpath(folder)
            if place == root or place.startswith(root.rstrip(b"/") + b"/"):
                return root, place
        raise OutsideError(errno.EACCES, "Outside of the folders in which files may be read")


def open_within(root: bytes, place: bytes) -> int:
    """Open a file below a folder, name by name, each in the folder that was opened before it.

    No name may be a link: `place` has none, and whoever puts one there meanwhile leads nobody out of the folder.

    Args:
        root: absolute, without links.
        place: likewise, and below it.

    Raises:
        OSError: there is no such file, or a link, a folder, a pipe or the like.

    """
    if place == root:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    file = _open(root, place, _FILE)
    mode = 0
    try:
        mode = os.fstat(file).st_mode
    finally:
        if not stat.S_ISREG(mode):
            os.close(file)
    if not stat.S_ISREG(mode):
        raise OSError("no file")
    return file


def _open(root: bytes, place: bytes, flags: int) -> int:
    *folders, name = place[len(root) :].strip(b"/").split(b"/")
    holder = os.open(root, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=holder)
            os.close(holder)
            holder = inner
        return os.open(name, flags, dir_fd=holder)
    finally:
        os.close(holder)
