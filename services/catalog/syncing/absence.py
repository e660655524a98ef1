"""Places at which no file was seen: whether it is really gone, and for how long."""

import os
from collections.abc import Iterable
from datetime import timedelta

from services.catalog.storage.folder_places import KnownPlace
from services.common.file_uri import path_of
from services.common.roots import Roots
from services.common.scan.default_excludes import is_system_folder


class Disk:
    """What is on disk, by the very names that folders list: there, a name in another case is another file.

    Args:
        roots: the folders that may be read.

    """

    def __init__(self, roots: Roots) -> None:
        self._roots = roots
        self._folders: dict[bytes, frozenset[bytes] | None] = {}

    def lacks(self, uri: str) -> bool:
        """Return whether there is certainly no file at a place."""
        path = path_of(uri)
        if path is None:
            return False
        folder, name = os.path.split(path)
        names = self._names(folder)
        return names is not None and name not in names

    def is_away(self, uri: str, root_uri: str) -> bool:
        """Return whether the nearest folder above a file is empty, as one is on which no drive is mounted."""
        path, root = path_of(uri), path_of(root_uri)
        if path is None or root is None:
            return False
        folder, _ = os.path.split(path)
        while folder != root:
            try:
                names = self._listed(folder)
            except OSError:
                return True
            if names is not None:
                return all(_is_hidden(name) for name in names)
            folder, _ = os.path.split(folder)
        return False

    def _names(self, folder: bytes) -> frozenset[bytes] | None:
        """Return what is in a folder, nothing if it is gone, or None if that can't be said."""
        if folder not in self._folders:
            try:
                self._folders[folder] = self._listed(folder) or frozenset()
            except OSError:
                self._folders[folder] = None
        return self._folders[folder]

    def _listed(self, folder: bytes) -> frozenset[bytes] | None:
        """Return what is in a folder; None if there is no such folder.

        Raises:
            OSError: it can't be read.

        """
        try:
            descriptor = self._roots.open_folder(folder)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            with os.scandir(descriptor) as entries:
                return frozenset(os.fsencode(entry.name) for entry in entries)
        finally:
            os.close(descriptor)


def missing_for(places: Iterable[KnownPlace], now_micros: int, time: timedelta) -> list[KnownPlace]:
    """Return those of the places that have been missing for so long."""
    limit = now_micros - time // timedelta(microseconds=1)
    return [place for place in places if place.missing_micros is not None and place.missing_micros <= limit]


def _is_hidden(name: bytes) -> bool:
    return name.startswith(b".") or is_system_folder(os.fsdecode(name))
