"""The files of a folder, read as they are at one moment."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

from services.catalog.folders.walk import TICK_NS, Seen, State
from services.catalog.vocabulary import Source
from services.common.file_name import readable_file_name
from services.common.file_uri import path_of
from services.common.image_header import check_size
from services.common.limits import MEBIBYTE, ImageLimits
from services.common.roots import Roots
from services.common.scan.file_kind import HEAD_BYTES, Kind, kind_by_content

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A file that was read.

    Attributes:
        source: where it is, with its time when it was opened: if it changes meanwhile, the next sync sees a newer one.
        content: all its bytes; empty where only their hash was asked for.
        sha256: of its bytes; empty where they were asked for.

    """

    source: Source
    content: bytes = b""
    sha256: str = ""


class SyncedFiles:
    """Reads files of the folders that may be read.

    Args:
        roots: the folders.
        limits: how large an image may be.

    """

    def __init__(self, roots: Roots, limits: ImageLimits) -> None:
        self._roots = roots
        self._limits = limits

    def may_be_image(self, seen: Seen) -> bool:
        """Return whether a file is of a size that an image may have."""
        return 0 < seen.size_bytes <= self._limits.max_bytes

    def digest(self, seen: Seen) -> FileBytes:
        """Return the hash of a file.

        Raises:
            OSError: it can't be read.

        """
        with self._open(seen) as (file, source):
            digest = hashlib.sha256()
            while block := file.read(MEBIBYTE):
                digest.update(block)
        return FileBytes(source, sha256=digest.hexdigest())

    def read(self, seen: Seen) -> FileBytes | None:
        """Return the bytes of a file; None if it is no photo by its first ones, where its name does not tell.

        Raises:
            OSError: it can't be read.
            InvalidArgumentError: IMAGE_EMPTY or IMAGE_TOO_LARGE.

        """
        with self._open(seen) as (file, source):
            head = file.read(HEAD_BYTES)
            if seen.state is State.MAYBE and kind_by_content(head).kind is not Kind.PHOTO:
                return None
            check_size(os.fstat(file.fileno()).st_size, self._limits, field="content")
            content = head + file.read(self._limits.max_bytes + 1 - len(head))
        return FileBytes(source, content)

    @contextmanager
    def _open(self, seen: Seen) -> Iterator[tuple[BinaryIO, Source]]:
        path = path_of(seen.uri)
        if path is None:
            raise AssertionError("a walk makes URIs of paths")
        with os.fdopen(self._roots.open_file(path), "rb") as file:
            status = os.fstat(file.fileno())
            name = readable_file_name(os.path.basename(path))  # noqa: PTH119 - of bytes there is no Path
            yield file, Source(seen.uri, name, _time(status.st_mtime_ns // TICK_NS))


def _time(micros: int) -> datetime | None:
    """Return the time of a file; None for one that no calendar has, as file systems may have it."""
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None
