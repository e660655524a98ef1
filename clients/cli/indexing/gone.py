"""What `albumen forget` may let go of: known files that are certainly not there any more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from clients.cli.held_place import path_of
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.indexing.missing import find_missing
from clients.cli.indexing.roots import MANY_FILES, SourceVanishedError, absolute, is_empty_folder
from clients.cli.summary import plural


def find_gone(known: KnownFiles, abandoned: Mapping[str, str], paths: Sequence[Path], *, even_all: bool) -> list[str]:
    """Return the URIs of the `known` files that are gone, those of one image side by side.

    Args:
        known: places that the catalog knows.
        abandoned: held places whose files are gone, with their images.
        paths: the files and folders that the user named; none means everywhere.
        even_all: whether folders count that are gone, or empty, as a whole.

    Raises:
        SourceVanishedError: a folder is gone or empty as a whole, and `even_all` is not given.

    """
    missing = [*find_missing(known, (), ()), *abandoned]
    if not even_all:
        _require_some_left(missing, paths)
    images = {uri: place.image for uri, place in known.items()} | dict(abandoned)
    # Side by side, they are forgotten in one call, which then knows that the image has no other place.
    return sorted(missing, key=lambda uri: (images[uri], uri))


def _require_some_left(missing: Sequence[str], paths: Sequence[Path]) -> None:
    """Check that what is missing is not missing because its drive is."""
    lost = Counter(folder for uri in missing for folder in _folders_of(uri))
    named = {absolute(path) for path in paths}
    for folder in sorted(named):
        if lost[folder] and (not folder.exists() or is_empty_folder(folder)):
            raise _vanished(folder, lost[folder])
    for uri in missing:
        path = path_of(uri)
        # A file that was named may be the only one that was in its folder, but the folder must be there.
        if path in named and not path.parent.exists():
            raise _vanished(path.parent, lost[path.parent])
    for folder, count in sorted(lost.items()):
        # A drive's mount point is an empty folder without the drive.
        if count >= MANY_FILES and is_empty_folder(folder):
            raise _vanished(folder, count)
    if not paths:
        # Where nobody said which folder should be there, one that is gone may have been a drive's.
        for uri in missing:
            top = _highest_gone(uri)
            if top is not None and lost[top] >= MANY_FILES:
                raise _vanished(top, lost[top])


def _vanished(folder: Path, count: int) -> SourceVanishedError:
    state = "empty" if folder.exists() else "not there"
    return SourceVanishedError(
        f"{folder} is {state} as a whole, where {plural(count, 'file is', 'files are')} known.",
        "Is its drive or share mounted? If the files are gone for good, say --even-all.",
    )


def _folders_of(uri: str) -> list[Path]:
    path = path_of(uri)
    return [] if path is None else list(path.parents)


def _highest_gone(uri: str) -> Path | None:
    """Return the highest folder above the file at `uri` that is not there, if one is not."""
    highest = None
    for folder in _folders_of(uri):
        if folder.exists():
            return highest
        highest = folder
    return highest
