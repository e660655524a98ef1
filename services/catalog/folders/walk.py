"""The way through a folder of the server's disk: what is there, in the order in which places are stored."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple
from urllib.parse import quote_from_bytes

from services.catalog.folders.rules import rules_of
from services.catalog.folders.unreadable import path_too_long, unreadable, wrong_patterns
from services.common.errors import AlbumenError
from services.common.file_uri import uri_of
from services.common.limits import MAX_SOURCE_URI_CHARS
from services.common.roots import Roots
from services.common.scan.default_excludes import is_system_folder
from services.common.scan.exclusions import Exclusions, PatternError
from services.common.scan.file_kind import Kind, kind_by_name

# The catalog's clock of files ticks in microseconds, a file system's may be finer.
TICK_NS: Final = 1_000


class State(Enum):
    """What is at a place of the disk."""

    PHOTO = auto()
    """A file that is called like a photo."""
    MAYBE = auto()
    """A file whose bytes would tell."""
    OTHER = auto()
    """A file that is called otherwise, or no file."""
    LEFT_OUT = auto()
    """A file that a rule leaves out, or a folder."""
    UNREADABLE = auto()
    """A file or folder that can't be read."""


class Seen(NamedTuple):
    """What is at a place of the disk.

    Attributes:
        uri: of it; that of a folder that was not looked into ends with a slash, and stands for all that is in it.
        state: what is there.
        size_bytes: of a photo, or what may be one.
        modify_micros: when that was last modified, in microseconds since 1970.
        error: why it can't be read.

    """

    uri: str
    state: State
    size_bytes: int = 0
    modify_micros: int = 0
    error: AlbumenError | None = None


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that is yet to be looked into; its `uri` ends with a slash."""

    uri: str
    path: str
    above: Exclusions


class FolderWalk:
    """What is in a folder, to the bottom, by URI; a folder that is reachable twice is read once.

    Links are followed as far as they stay in the folders that may be read. Everything is opened from there on name by
    name, so whoever swaps a folder for a link meanwhile leads nobody out of them.

    Args:
        roots: the folders that may be read.
        path: of the folder, absolute.
        include: patterns one of which a file must match.
        exclude: patterns of what is left out.

    Attributes:
        is_empty: whether nothing is in the folder but what is hidden or made by the system itself.
        identity: which folder it is, by device and number.

    Raises:
        OSError: it is not there, or can't be read.
        PatternError: a pattern is wrong.

    """

    def __init__(self, roots: Roots, path: bytes, include: tuple[str, ...], exclude: tuple[str, ...]) -> None:
        self._roots = roots
        self._path = os.fsdecode(path)
        self._uri = uri_of(path) + "/"
        self._visited: set[tuple[int, int]] = set()
        self.identity = folder_identity(roots, path)
        rules = rules_of(roots, self._path, include, exclude)
        self._top = self._entries(self._uri, self._path, rules) or []
        self.is_empty = all(_is_hidden(os.path.basename(entry.uri.rstrip("/"))) for entry in self._top)  # noqa: PTH119

    def __iter__(self) -> Iterator[Seen]:
        """Walk, once."""
        # A stack instead of recursion: folders may lie deeper than Python's own stack.
        stack = [iter(self._top)]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
            elif isinstance(entry, Seen):
                yield entry
            else:
                found = self._open(entry)
                if isinstance(found, Seen):
                    yield found
                else:
                    stack.append(iter(found))

    def _open(self, folder: _Folder) -> "list[Seen | _Folder] | Seen":
        try:
            entries = self._entries(folder.uri, folder.path, folder.above.inside(folder.path))
        except PatternError as error:
            return Seen(folder.uri, State.UNREADABLE, error=wrong_patterns(error))
        except OSError as error:
            return Seen(folder.uri, State.UNREADABLE, error=unreadable(error))
        return Seen(folder.uri, State.LEFT_OUT) if entries is None else entries

    def _entries(self, uri: str, path: str, rules: Exclusions) -> "list[Seen | _Folder] | None":
        """Return what is in a folder, by URI; None if it was read before."""
        descriptor = self._roots.open_folder(os.fsencode(path))
        try:
            status = os.fstat(descriptor)
            identity = (status.st_dev, status.st_ino)
            if identity in self._visited:
                return None
            self._visited.add(identity)
            with os.scandir(descriptor) as entries:
                found = [self._look_at(entry, uri, path, rules) for entry in entries]
        finally:
            os.close(descriptor)
        found.sort(key=lambda entry: entry.uri)
        return found

    def _look_at(self, entry: "os.DirEntry[str]", parent: str, folder: str, rules: Exclusions) -> "Seen | _Folder":
        uri = parent + quote_from_bytes(os.fsencode(entry.name))
        path = f"{folder}/{entry.name}"
        try:
            is_folder = entry.is_dir()
            if rules.reason(path, is_folder=is_folder) is not None:
                return Seen(uri + "/" if is_folder else uri, State.LEFT_OUT)
            return _Folder(uri + "/", path, rules) if is_folder else self._file(entry, uri, path)
        except OSError as error:
            return Seen(uri, State.UNREADABLE, error=unreadable(error))

    def _file(self, entry: "os.DirEntry[str]", uri: str, path: str) -> Seen:
        kind = kind_by_name(os.path.splitext(entry.name)[1].lower())  # noqa: PTH122 - for every file
        is_link = entry.is_symlink()
        if (kind is not None and kind.kind is not Kind.PHOTO) or not (is_link or entry.is_file()):
            return Seen(uri, State.OTHER)
        status = self._status(path) if is_link else entry.stat(follow_symlinks=False)
        if len(uri) > MAX_SOURCE_URI_CHARS:
            return Seen(uri, State.UNREADABLE, error=path_too_long(len(uri)))
        state = State.MAYBE if kind is None else State.PHOTO
        return Seen(uri, state, status.st_size, status.st_mtime_ns // TICK_NS)

    def _status(self, path: str) -> os.stat_result:
        """Return what is known of the file to which a link leads."""
        descriptor = self._roots.open_file(os.fsencode(path))
        try:
            return os.fstat(descriptor)
        finally:
            os.close(descriptor)


def folder_identity(roots: Roots, path: bytes) -> str:
    """Return which folder is at a path, by device and number.

    Raises:
        OSError: there is none that may be read.

    """
    descriptor = roots.open_folder(path)
    try:
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return f"{status.st_dev}:{status.st_ino}"


def _is_hidden(quoted_name: str) -> bool:
    return quoted_name.startswith(".") or is_system_folder(quoted_name)
