"""Folders that are away as a whole, and the one guard that keeps their files from being taken for deleted.

A folder that somebody emptied looks just like a drive that is not mounted: an empty mount point. So does one that is
not there, if the user relied on it. Only the user knows which it is, so every command stops there and asks for a clear
word. A folder that is gone from a living one above it, which the user named, is a deletion like any other.
"""

import errno
import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.failure import CommandError
from services.common.plural import plural
from services.common.scan.default_excludes import is_system_folder

# A link that leads to itself leads nowhere.
_NOT_THERE: Final = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG))
# So many are told at once; the next run tells the next ones.
_TOLD: Final = 10


class SourceVanishedError(CommandError):
    """The files are away as a whole: nothing can be said of any of them."""

    def __init__(self, message: str, *, lines: Iterable[str] = (), advice: str = "") -> None:
        super().__init__(
            message,
            reason="SOURCE_VANISHED",
            lines=tuple(lines),
            advice=advice or "Bring the drive or the share back, then run the same command again.",
            exit_code=exit_codes.SOURCE_VANISHED,
        )


def require_present(missing: Iterable[Path], named: Iterable[Path]) -> None:
    """Check that no folder has vanished in which a missing file was.

    A folder has vanished if it is empty, or a link that leads nowhere. One that is not there at all has vanished only
    if the user relied on it: named it, or a file or folder in it, or left it to us to say where files should be.

    Args:
        missing: known files that are not there.
        named: the files and folders that the user named; none means everywhere.

    Raises:
        SourceVanishedError: a folder has vanished; the advice is the command that lets go of its files all the same.

    """
    roots = frozenset(absolute(path) for path in named)
    counts = Counter(folder for path in missing if (folder := vanished_above(path, roots)) is not None)
    if not counts:
        return
    folders = sorted(counts)[:_TOLD]
    first, *others = [_describe(folder, counts[folder]) for folder in folders]
    if (more := len(counts) - len(folders)) > 0:
        others.append(f"and {plural(more, 'more folder')}")
    raise SourceVanishedError(f"{first}.", lines=others, advice=_advice(folders, roots))


def vanished_above(file: Path, named: Collection[Path]) -> Path | None:
    """Return the folder above `file` that has vanished, the highest one if several have; None if none has.

    Args:
        file: is not there.
        named: the files and folders that the user named; none means everywhere.

    """
    gone: list[Path] = []
    for folder in file.parents:
        if is_there(folder):
            break
        gone.append(folder)
    if gone:
        highest = gone[-1]
        relied_on = not named or any(path in named for path in (file, *gone))
        if relied_on or os.path.islink(highest):  # noqa: PTH114 - says no where a Path would raise
            return highest
    return folder if is_empty_folder(folder) else None


def is_empty_folder(path: Path) -> bool:
    """Return whether `path` is a folder in which nothing is but what is hidden, or made by the system itself."""
    try:
        with os.scandir(path) as entries:
            return all(entry.name.startswith(".") or is_system_folder(entry.name) for entry in entries)
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Return whether something is at `path`, or may be: nobody can see into a folder that is closed to them."""
    try:
        path.stat()
    except OSError as error:
        return error.errno not in _NOT_THERE
    return True


def absolute(path: Path) -> Path:
    """Return `path` from the root of the file system on, as the user sees it: symbolic links are kept."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links


def _describe(folder: Path, count: int) -> str:
    state = "empty" if is_there(folder) else "not there"
    return f"{folder} is {state}, where {plural(count, 'file is', 'files are')} known"


def _advice(folders: Iterable[Path], named: Collection[Path]) -> str:
    """Return what to do; the command names no more than what the user named, and no more than what has vanished."""
    paths: list[Path] = []
    for folder in folders:
        inside = sorted(path for path in named if path.is_relative_to(folder))
        paths += inside or [folder]
    forget = command("forget", "--even-all", *map(str, paths))
    return (
        "Is the drive or share mounted? If the files were moved, first index them where they are now. "
        f"Then, or if they are gone for good: {forget}"
    )
