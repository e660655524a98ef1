"""Checks of the folders that a pull writes to, so that a wrong one is told before anything is fetched."""

import os
from pathlib import Path

from models.errors import FolderError


def check_writable(folder: Path, setting: str) -> None:
    """Check that files can be made in a folder, or that the folder can be made; nothing is made yet.

    Args:
        folder: may be missing, and its parents too.
        setting: environment variable that names the folder, for the message.

    Raises:
        FolderError: this user may not write there, or something on the path is not a folder.

    """
    existing = folder.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        raise FolderError(f"cannot use the folder {folder}: {existing} is a file. Set {setting} to another folder.")
    if not os.access(existing, os.W_OK | os.X_OK):
        where = "" if existing == folder.absolute() else f": {existing} is not writable"
        raise FolderError(
            f"cannot write to the folder {folder}{where}. Give this user write access, or set {setting} to another "
            "folder."
        )


def is_noexec(folder: Path) -> bool:
    """Return whether a folder lies on a file system whose programs may not be run, as far as the system tells."""
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0))
