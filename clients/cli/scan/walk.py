"""The way through folders: which files are worth trying as photos."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

# Formats that the services can't read are in here too: their owner should hear that they were left out.
EXTENSIONS: Final = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".gif",
        ".bmp",
        ".dib",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".avif",
    ]
)


class Walk:
    """Files and folders to index, in a stable order; walked anew at every iteration.

    Folders are read to the bottom, by name; what is hidden is left out, and a folder that is reachable twice,
    by a symbolic link for example, is read once. Files named by the user are always tried.

    Args:
        paths: files and folders.
        on_error: told of every folder or entry that can't be read.

    """

    def __init__(self, paths: Iterable[Path], on_error: Callable[[Path, OSError], None]) -> None:
        self._paths = tuple(paths)
        self._on_error = on_error
        self.other_files = 0

    def __iter__(self) -> Iterator[Path]:
        """Walk from the start; `other_files` counts those that are left out as no photos."""
        self.other_files = 0
        seen: set[tuple[int, int]] = set()
        for path in self._paths:
            if path.is_dir():
                yield from self._folder(path, seen)
            else:
                yield path

    def _folder(self, root: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
        stack = [root]
        while stack:
            path = stack.pop()
            try:
                if path.is_dir():
                    stack.extend(self._entries(path, seen))
                elif path.suffix.lower() in EXTENSIONS:
                    yield path
                else:
                    self.other_files += 1
            except OSError as error:
                self._on_error(path, error)

    def _entries(self, folder: Path, seen: set[tuple[int, int]]) -> list[Path]:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return []
        seen.add(identity)
        names = sorted((name for name in os.listdir(folder) if not name.startswith(".")), reverse=True)  # noqa: PTH208
        return [folder / name for name in names]
