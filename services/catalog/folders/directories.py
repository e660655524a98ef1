"""The directories of a folder: something has to happen in one of them if a sync is to find anything new."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.catalog.folders.rules import rules_of
from services.common.roots import Roots
from services.common.scan.exclusions import Exclusions, PatternError


class Directory(NamedTuple):
    """A directory.

    Attributes:
        path: absolute.
        device: that it is on.
        number: there.

    """

    path: str
    device: int
    number: int


def directories(roots: Roots, path: bytes, exclude: Sequence[str]) -> Iterator[Directory]:
    """Yield the directories that a sync looks into, none of them twice, the folder itself first.

    No file is looked at. What can't be read is left out, as a sync leaves it out; so is what lies below an ignore file
    that is none, until that is mended.

    Args:
        roots: the folders that may be read.
        path: of the folder, absolute.
        exclude: patterns of what is left out.

    Raises:
        OSError: the folder is not there, or can't be read.

    """
    root = os.fsdecode(path)
    try:
        rules: Exclusions | None = rules_of(roots, root, (), exclude)
    except PatternError:
        rules = None
    visited = set[tuple[int, int]]()
    waiting = [(root, rules)]
    while waiting:
        place, rules = waiting.pop()
        try:
            found, below = _look_into(roots, place, rules)
        except OSError:
            if place == root:
                raise
            continue
        if (found.device, found.number) not in visited:
            visited.add((found.device, found.number))
            yield found
            waiting += below


def _look_into(
    roots: Roots, path: str, rules: Exclusions | None
) -> tuple[Directory, list[tuple[str, Exclusions | None]]]:
    """Return a directory, and those in it that are not left out, with their rules; none if there are no rules."""
    descriptor = roots.open_folder(os.fsencode(path))
    try:
        status = os.fstat(descriptor)
        found = Directory(path, status.st_dev, status.st_ino)
        if rules is None:
            return found, []
        with os.scandir(descriptor) as entries:
            names = sorted(entry.name for entry in entries if _is_folder(entry))
    finally:
        os.close(descriptor)
    below = [f"{path}/{name}" for name in names]
    return found, [(place, _inside(rules, place)) for place in below if rules.reason(place, is_folder=True) is None]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _inside(rules: Exclusions, path: str) -> Exclusions | None:
    try:
        return rules.inside(path)
    except (PatternError, OSError):
        return None
