"""Paths as they are shown, and the way back: what a terminal can't show has a sign in its place."""

import os
from collections.abc import Iterator
from pathlib import Path

from clients.cli.connection import Catalog
from clients.cli.console import printable, writable
from clients.cli.indexing.known_files import folder_prefix
from clients.cli.indexing.vanished import absolute
from clients.cli.source import to_path, to_uri


def shown(path: Path | str) -> str:
    """Return `path`, or a part of one, as it is seen on this terminal; the same for what was copied from there."""
    return writable(printable(str(path)))


def files_shown_as(path: Path) -> list[Path]:
    """Return the files and folders that are at `path`, or else those that are shown as `path`; none if there is none.

    Args:
        path: as it was typed.

    """
    if os.path.lexists(path):
        return [path]
    start, *parts = absolute(path).parts
    found = [Path(start)]
    for part in parts:
        found = [child for folder in found for child in _children(folder, part)]
    return found


def known_shown_as(catalog: Catalog, path: Path) -> list[Path]:
    """Return `path` if anything is there or known there, or else the known files and folders that are shown as `path`.

    Args:
        catalog: what it knows counts.
        path: as it was typed; it stands for itself if nothing else is meant.

    Raises:
        grpc.RpcError: the catalog can't say.

    """
    uri = to_uri(path)
    if os.path.lexists(path) or catalog.source(uri) or next(catalog.list_sources(folder_prefix(uri)), None):
        return [path]
    typed = absolute(path)
    wanted = shown(typed)
    known = (to_path(place.uri) for place in catalog.list_sources("file:"))
    # Signs stand for characters, never for a slash: so the first parts of one are the first parts of the other.
    found = {
        Path(*file.parts[: len(typed.parts)])
        for file in known
        if file is not None and f"{shown(file)}/".startswith(f"{wanted}/")
    }
    return sorted(found) or [path]


def _children(folder: Path, name: str) -> Iterator[Path]:
    if os.path.lexists(folder / name):
        yield folder / name
        return
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return
    yield from (folder / other for other in sorted(names) if shown(other) == shown(name))
