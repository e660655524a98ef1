"""What is left out of a walk: hidden and system folders, and what patterns in the syntax of .gitignore say."""

import codecs
import errno
import os
import re
import stat
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from services.common.scan.brackets import UnknownClassError, plain_sets
from services.common.scan.default_excludes import is_system_folder
from services.common.scan.paced_pattern import paced_pattern

IGNORE_FILE: Final = ".albumenignore"
MAX_IGNORE_FILE_BYTES: Final = 1024 * 1024

# At the start of texts in UTF-16; what is in UTF-16 without it holds zeros.
_OTHER_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_PATTERN: Final = (ValueError, re.error)

# Returns the first `MAX_IGNORE_FILE_BYTES` of a folder's ignore file, and one more if there are more; None if it has
# none. Raises OSError if it can't be read.
IgnoreReader = Callable[[str], bytes | None]


class LeftOut(Enum):
    """Why a file or folder is left out; the value says so to people."""

    HIDDEN = "hidden"
    SYSTEM = "of devices and systems"
    PATTERN = "excluded by a pattern"
    NOT_INCLUDED = "included by no pattern"
    IGNORE_FILE = f"excluded by {IGNORE_FILE}"


class PatternError(Exception):
    """Patterns that can't be understood.

    Args:
        problem: what is wrong, as the end of a sentence or as one.
        file: path of the ignore file that has them; None if they were given.
        number: of the pattern, or of the line of the file, from 1; 0 if it is the whole file.
        advice: what to do.

    """

    def __init__(self, problem: str, *, file: str | None = None, number: int = 0, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.file = file
        self.number = number
        self.advice = advice


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns, and the folder that they are relative to."""

    folder: str
    spec: GitIgnoreSpec

    def check(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether the rules match `path`, or None if they say nothing of it."""
        relative = path[len(self.folder) :].lstrip(os.sep)
        return self.spec.check_file(relative + "/" if is_folder else relative).include


def read_ignore_file(folder: str) -> bytes | None:
    """Return what is in the ignore file of any folder of this machine; see `IgnoreReader`."""
    path = str(Path(folder, IGNORE_FILE))
    try:
        with open(path, "rb", opener=_open_now) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "It is no file", path)
            return file.read(MAX_IGNORE_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _open_now(path: str, flags: int) -> int:
    # Whoever opens a pipe otherwise waits for somebody to write.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What is left out in one folder, and with more rules in the folders beneath it.

    Attributes:
        rules: of ignore files, the outermost folder's first.
        given: patterns of whoever started the walk, which nothing overrides; relative to the root of the walk.
        included: patterns one of which a file must match, likewise; None if any file may come.
        with_defaults: whether the folders of devices and systems are left out.
        read: reads ignore files.

    """

    rules: tuple[_Rules, ...] = ()
    given: _Rules | None = None
    included: _Rules | None = None
    with_defaults: bool = True
    read: IgnoreReader = read_ignore_file

    @classmethod
    def at_root(
        cls,
        root: str,
        patterns: Sequence[str],
        *,
        include: Sequence[str] = (),
        with_defaults: bool = True,
        read: IgnoreReader = read_ignore_file,
    ) -> "Exclusions":
        """Return what is left out of a walk through `root`, an absolute path.

        The ignore files of the folders above count too, so that a part of a collection is walked as the whole is.
        They do not if they leave `root` itself out: who names it, means it.

        Raises:
            PatternError: a pattern is wrong.
            OSError: an ignore file can't be read.

        """
        given = _Rules(root, parse_patterns(patterns)) if patterns else None
        included = _Rules(root, parse_patterns(include)) if include else None
        rules: tuple[_Rules, ...] = ()
        for folder in reversed(Path(root).parents):
            rules = _with_ignore_file(rules, str(folder), read)
        if any(each.check(root, is_folder=True) for each in rules):
            rules = ()
        return cls(_with_ignore_file(rules, root, read), given, included, with_defaults, read)

    def inside(self, folder: str) -> "Exclusions":
        """Return what is left out in `folder`, which lies directly in the folder of these.

        Raises:
            PatternError: a pattern of its ignore file is wrong.
            OSError: its ignore file can't be read.

        """
        rules = _with_ignore_file(self.rules, folder, self.read)
        return self if rules is self.rules else replace(self, rules=rules)

    def reason(self, path: str, *, is_folder: bool) -> LeftOut | None:
        """Return why the file or folder at `path` is left out, or None if it is not."""
        name = os.path.basename(path)  # noqa: PTH119 - for every file; a Path would take most of the time
        if self.given is not None and self.given.check(path, is_folder=is_folder):
            return LeftOut.PATTERN
        if self.included is not None and not is_folder and not self.included.check(path, is_folder=False):
            return LeftOut.NOT_INCLUDED
        # The innermost file that says anything decides, as in git.
        for rules in reversed(self.rules):
            verdict = rules.check(path, is_folder=is_folder)
            if verdict is not None:
                return LeftOut.IGNORE_FILE if verdict else None
        if is_folder and self.with_defaults and is_system_folder(name):
            return LeftOut.SYSTEM
        return LeftOut.HIDDEN if name.startswith(".") else None


def parse_patterns(patterns: Sequence[str], file: str | None = None) -> GitIgnoreSpec:
    """Return what patterns, or the lines of an ignore file, match.

    Raises:
        PatternError: one is wrong.

    """
    try:
        return _spec(patterns)
    except _NO_PATTERN:
        for number, pattern in enumerate(patterns, 1):
            _require_pattern(pattern, file, number)
        raise


def _with_ignore_file(rules: tuple[_Rules, ...], folder: str, read: IgnoreReader) -> tuple[_Rules, ...]:
    data = read(folder)
    if data is None:
        return rules
    path = os.path.join(folder, IGNORE_FILE)  # noqa: PTH118 - a Path would take out what is doubled
    if len(data) > MAX_IGNORE_FILE_BYTES:
        raise PatternError(
            f"is larger than {MAX_IGNORE_FILE_BYTES:,} bytes", file=path, advice="Write fewer, or shorter patterns."
        )
    return (*rules, _Rules(folder, parse_patterns(_lines(data, path), path)))


def _lines(data: bytes, path: str) -> list[str]:
    """Return the lines of an ignore file; names in it may be bytes of any encoding that has ASCII in it."""
    if data.startswith(_OTHER_MARKS) or b"\0" in data:
        raise PatternError(
            "is not UTF-8 text", file=path, advice="Save it as UTF-8: as it is, what it leaves out would be indexed."
        )
    return os.fsdecode(data.removeprefix(codecs.BOM_UTF8)).splitlines()


def _require_pattern(pattern: str, file: str | None, number: int) -> None:
    try:
        _spec((pattern,))
    except _NO_PATTERN as error:
        why = f" ({error})" if isinstance(error, UnknownClassError) else ""
        raise PatternError(
            f"`{pattern}` is no pattern{why}",
            file=file,
            number=number,
            advice="Patterns are written as in .gitignore.",
        ) from error


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    with warnings.catch_warnings():
        # A future Python may read some sets of characters in another way; how this one does is what is meant.
        warnings.simplefilter("ignore", FutureWarning)
        # Another backend, where it is installed, would read the regular expressions in a way of its own.
        return GitIgnoreSpec.from_lines([plain_sets(pattern) for pattern in patterns], paced_pattern, backend="simple")
