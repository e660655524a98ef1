"""Places that are no file's: where an image is held while files change names among each other.

Such a place names the file that the image is in now. It is our own bookkeeping, and nothing for people to see.
"""

from pathlib import Path

from clients.cli.source import MOVING_SCHEME, to_path, to_uri


def held_uri(path: Path) -> str:
    """Return the place where the image is held whose bytes are in the file at `path`."""
    return MOVING_SCHEME + to_uri(path).partition(":")[2]


def is_held(uri: str) -> bool:
    """Return whether `uri` is such a place."""
    return uri.startswith(MOVING_SCHEME)


def path_of(uri: str) -> Path | None:
    """Return the path of the file that `uri` stands for, held or not; None if it is no file on this machine."""
    return to_path("file:" + uri.removeprefix(MOVING_SCHEME)) if is_held(uri) else to_path(uri)
