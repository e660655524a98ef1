"""What is left out of a walk: hidden and system folders, and what patterns in the syntax of .gitignore say."""

import codecs
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from clients.cli import exit_codes
from clients.cli.failure import CommandError
from clients.cli.scan.brackets import UnknownClassError, plain_sets
from clients.cli.scan.default_excludes import is_system_folder

IGNORE_FILE: Final = ".albumenignore"

_OPTION: Final = "--exclude"
_MAX_IGNORE_FILE_BYTES: Final = 1024 * 1024
# At the start of texts in UTF-16; what is in UTF-16 without it holds zeros.
_OTHER_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_PATTERN: Final = (ValueError, re.error)


class LeftOut(Enum):
    """Why a file or folder is left out; the value says so to people."""

    HIDDEN = "hidden"
    SYSTEM = "of devices and systems"
    OPTION = "excluded by --exclude"
    IGNORE_FILE = f"excluded by {IGNORE_FILE}"


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns, and the folder that they are relative to."""

    folder: str
    spec: GitIgnoreSpec

    def check(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether the rules leave `path` out, or None if they say nothing of it."""
        relative = path[len(self.folder) :].lstrip(os.sep)
        return self.spec.check_file(relative + "/" if is_folder else relative).include


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What is left out in one folder, and with more rules in the folders beneath it.

    Attributes:
        rules: of ignore files, the outermost folder's first.
        options: patterns of the command line, which nothing overrides; relative to the root of the walk.
        with_defaults: whether the folders of devices and systems are left out.

    """

    rules: tuple[_Rules, ...] = ()
    options: _Rules | None = None
    with_defaults: bool = True

    @classmethod
    def at_root(cls, root: Path, patterns: Sequence[str], *, with_defaults: bool) -> "Exclusions":
        """Return what is left out of a walk through `root`.

        The ignore files of the folders above count too, so that a part of a collection is walked as the whole is.
        They do not if they leave `root` itself out: who names it, means it.

        Raises:
            CommandError: a pattern is wrong.
            OSError: an ignore file can't be read.

        """
        path = os.path.abspath(root)  # noqa: PTH100 - resolve() would follow the links
        options = _Rules(path, _parse(patterns, _OPTION)) if patterns else None
        rules: tuple[_Rules, ...] = ()
        for folder in reversed(Path(path).parents):
            rules = _with_ignore_file(rules, str(folder))
        if any(each.check(path, is_folder=True) for each in rules):
            rules = ()
        return cls(_with_ignore_file(rules, path), options, with_defaults)

    def inside(self, folder: str) -> "Exclusions":
        """Return what is left out in `folder`, which lies directly in the folder of these.

        Raises:
            CommandError: a pattern of its ignore file is wrong.
            OSError: its ignore file can't be read.

        """
        rules = _with_ignore_file(self.rules, folder)
        return self if rules is self.rules else Exclusions(rules, self.options, self.with_defaults)

    def reason(self, path: str, *, is_folder: bool) -> LeftOut | None:
        """Return why the file or folder at `path` is left out, or None if it is not."""
        name = os.path.basename(path)  # noqa: PTH119 - for every file; a Path would take most of the time
        if self.options is not None and self.options.check(path, is_folder=is_folder):
            return LeftOut.OPTION
        # The innermost file that says anything decides, as in git.
        for rules in reversed(self.rules):
            verdict = rules.check(path, is_folder=is_folder)
            if verdict is not None:
                return LeftOut.IGNORE_FILE if verdict else None
        if is_folder and self.with_defaults and is_system_folder(name):
            return LeftOut.SYSTEM
        return LeftOut.HIDDEN if name.startswith(".") else None


def _with_ignore_file(rules: tuple[_Rules, ...], folder: str) -> tuple[_Rules, ...]:
    path = Path(folder, IGNORE_FILE)
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_IGNORE_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return rules
    if len(data) > _MAX_IGNORE_FILE_BYTES:
        raise CommandError(f"{path} is larger than {_MAX_IGNORE_FILE_BYTES:,} bytes.", exit_code=exit_codes.WRONG_USE)
    return (*rules, _Rules(folder, _parse(_lines(data, path), str(path))))


def _lines(data: bytes, path: Path) -> list[str]:
    """Return the lines of an ignore file; names in it may be bytes of any encoding that has ASCII in it."""
    if data.startswith(_OTHER_MARKS) or b"\0" in data:
        raise CommandError(
            f"{path} is not UTF-8 text.",
            advice="Save it as UTF-8: as it is, what it leaves out would be indexed.",
            exit_code=exit_codes.WRONG_USE,
        )
    return os.fsdecode(data.removeprefix(codecs.BOM_UTF8)).splitlines()


def _parse(patterns: Sequence[str], where: str) -> GitIgnoreSpec:
    try:
        return _spec(patterns)
    except _NO_PATTERN:
        for number, pattern in enumerate(patterns, 1):
            _require_pattern(pattern, where if where == _OPTION else f"{where}, line {number}")
        raise


def _require_pattern(pattern: str, where: str) -> None:
    try:
        _spec((pattern,))
    except _NO_PATTERN as error:
        why = f" ({error})" if isinstance(error, UnknownClassError) else ""
        raise CommandError(
            f"{where}: `{pattern}` is no pattern{why}.",
            advice="Patterns are written as in .gitignore.",
            exit_code=exit_codes.WRONG_USE,
        ) from error


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    with warnings.catch_warnings():
        # A future Python may read some sets of characters in another way; how this one does is what is meant.
        warnings.simplefilter("ignore", FutureWarning)
        return GitIgnoreSpec.from_lines([plain_sets(pattern) for pattern in patterns])
