"""Files that are known and not on disk any more."""

import errno
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from clients.cli.indexing.known_files import KnownFiles
from clients.cli.source import to_path

_NOT_THERE: Final = frozenset((errno.ENOENT, errno.ENOTDIR))


class Disk:
    """What is on disk, by the very names that folders list: there, a name in another case is another file."""

    def __init__(self) -> None:
        self._folders: dict[str, frozenset[str] | None] = {}

    def lacks(self, path: Path) -> bool:
        """Return whether there is certainly no file or folder at `path`."""
        names = self._names(str(path.parent))
        return names is not None and path.name not in names

    def _names(self, folder: str) -> frozenset[str] | None:
        if folder not in self._folders:
            self._folders[folder] = _list(folder)
        return self._folders[folder]


def _list(folder: str) -> frozenset[str] | None:
    """Return what is in `folder`, nothing if it is gone, or None if that can't be said."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names are all that is wanted
    except OSError as error:
        return frozenset() if error.errno in _NOT_THERE else None


def find_missing(known: KnownFiles, seen: Collection[str], not_read: Collection[str]) -> list[str]:
    """Return the URIs of the known files that are not there any more.

    Args:
        known: places that the catalog knows.
        seen: URIs of the files that a walk has found.
        not_read: folders whose contents the walk does not know; nothing in them counts as missing.

    """
    disk = Disk()
    missing = []
    for uri in known.uris():
        if uri in seen:
            continue
        path = to_path(uri)
        if path is None or _is_within(path, not_read):
            continue
        # What the walk left out, by a pattern for example, may be there all the same.
        if disk.lacks(path):
            missing.append(uri)
    return missing


def _is_within(path: Path, folders: Collection[str]) -> bool:
    return str(path) in folders or any(str(parent) in folders for parent in path.parents)
