"""The way through folders: which files are worth trying as photos, and what becomes of the others."""

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.cli import exit_codes
from clients.cli.failure import CommandError
from services.common.scan.exclusions import IGNORE_FILE, Exclusions, LeftOut, PatternError
from services.common.scan.file_kind import FileKind, Kind, kind_of

_MAX_NAMED: Final = 10
_OPTION: Final = "--exclude"


@dataclass(frozen=True, slots=True)
class Found:
    """A file to index.

    Attributes:
        path: as its folder was named by the user; symbolic links are kept.
        size_bytes: size at the time of the walk.
        modify_time_ns: when it was modified last, in nanoseconds since 1970.

    """

    path: Path
    size_bytes: int
    modify_time_ns: int


class Walk:
    """Files to index, in a stable order; walked anew at every iteration.

    Folders are read to the bottom, by name; a folder that is reachable twice, by a symbolic link for example, is
    read once. Files named by the user are always tried.

    Args:
        paths: files and folders.
        on_error: told of every folder or entry that can't be read.
        exclude: patterns, as in .gitignore, of what is left out.
        with_default_excludes: whether the folders of devices and systems are left out.

    Attributes:
        kinds: how many files of each kind that is no photo were seen.
        unsupported: of each kind of pictures that are not supported, the first ten.
        left_out: how many files were left out, and why.
        folders_left_out: how many folders were left out, and why.
        not_read: folders whose contents are unknown: left out, unreadable, or read under another name.

    """

    def __init__(
        self,
        paths: Iterable[Path],
        on_error: Callable[[Path, OSError], None],
        *,
        exclude: Sequence[str] = (),
        with_default_excludes: bool = True,
    ) -> None:
        self._paths = tuple(paths)
        self._on_error = on_error
        self._exclude = tuple(exclude)
        self._with_default_excludes = with_default_excludes
        self._reset()

    def _reset(self) -> None:
        self.kinds: Counter[FileKind] = Counter()
        self.unsupported: defaultdict[FileKind, list[Path]] = defaultdict(list)
        self.left_out: Counter[LeftOut] = Counter()
        self.folders_left_out: Counter[LeftOut] = Counter()
        self.not_read: set[str] = set()
        self._seen: set[tuple[int, int]] = set()

    def __iter__(self) -> Iterator[Found]:
        """Walk from the start.

        Raises:
            CommandError: a pattern can't be understood.

        """
        self._reset()
        for path in self._paths:
            try:
                yield from self._path(path)
            except PatternError as error:
                raise _wrong_use(error) from error

    def _path(self, path: Path) -> Iterator[Found]:
        root = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow the links
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                yield _found(path, status)
                return
            exclusions = Exclusions.at_root(root, self._exclude, with_defaults=self._with_default_excludes)
        except OSError as error:
            self._fail(path, error)
            return
        yield from self._folder(Path(root), exclusions)

    def _folder(self, root: Path, exclusions: Exclusions) -> Iterator[Found]:
        # A stack instead of recursion: folders may lie deeper than Python's own stack.
        stack: list[tuple[Path, Exclusions]] = [(root, exclusions)]
        while stack:
            folder, rules = stack.pop()
            try:
                entries = self._entries(folder)
            except OSError as error:
                self._fail(folder, error)
                continue
            folders: list[tuple[Path, Exclusions]] = []
            for entry in entries:
                path = Path(entry.path)
                try:
                    if entry.is_dir():
                        if not self._is_left_out(entry.path, rules, is_folder=True):
                            folders.append((path, rules.inside(entry.path)))
                    elif not self._is_left_out(entry.path, rules, is_folder=False):
                        yield from self._file(path, entry)
                except OSError as error:
                    self._fail(path, error)
            stack.extend(reversed(folders))

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            self.not_read.add(str(folder))
            return []
        self._seen.add(identity)
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)

    def _is_left_out(self, path: str, rules: Exclusions, *, is_folder: bool) -> bool:
        reason = rules.reason(path, is_folder=is_folder)
        if reason is None:
            return False
        if is_folder:
            self.folders_left_out[reason] += 1
            self.not_read.add(path)
        else:
            self.left_out[reason] += 1
        return True

    def _file(self, path: Path, entry: os.DirEntry[str]) -> Iterator[Found]:
        kind = kind_of(path)
        if kind.kind is Kind.PHOTO:
            yield _found(path, entry.stat())
        else:
            self.kinds[kind] += 1
            if kind.kind is Kind.UNSUPPORTED and len(self.unsupported[kind]) < _MAX_NAMED:
                self.unsupported[kind].append(path)

    def _fail(self, path: Path, error: OSError) -> None:
        self.not_read.add(os.path.abspath(path))  # noqa: PTH100 - keeps links
        # An ignore file that can't be read keeps its whole folder from being read.
        named = error.filename
        is_rules = isinstance(named, str) and os.path.basename(named) == IGNORE_FILE  # noqa: PTH119
        self._on_error(Path(named) if is_rules else path, error)


def _found(path: Path, status: os.stat_result) -> Found:
    return Found(path, status.st_size, status.st_mtime_ns)


def _wrong_use(error: PatternError) -> CommandError:
    where = error.file if error.file is not None else _OPTION
    if error.file is not None and error.number:
        where += f", line {error.number}"
    separator = ":" if error.number else ""
    return CommandError(f"{where}{separator} {error.problem}.", advice=error.advice, exit_code=exit_codes.WRONG_USE)
