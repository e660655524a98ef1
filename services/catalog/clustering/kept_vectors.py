"""The vectors of a clustering and their codes in files, so that a start reads these instead of making them anew.

They are derived data: whoever finds them damaged or missing goes without, or makes them anew. Their folder goes by a
random token, and lies with a snapshot in it beside a library that knows the token of the last. It gets a new one
whenever a snapshot is kept, and before a row changes that the snapshot speaks of: so whoever knows an older token finds
no folder, rather than one that has changed since. Rows that the snapshot doesn't speak of may hold anything.
"""

import contextlib
import errno
import os
import secrets
import shutil
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from services.catalog.clustering.files import RowFile, open_regular, write_private
from services.catalog.clustering.kernels import Codes
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import SnapshotMismatchError
from services.catalog.erasure import remove

_INFIX: Final = ".faces-"
_VECTORS: Final = "vectors"
_CODES: Final = "short"
_WHOLE: Final = "whole"
_SNAPSHOT: Final = "snapshot"
_UNFINISHED: Final = "snapshot.new"
_OWNER_ONLY: Final = 0o700
_TOKEN_BYTES: Final = 16


class KeptVectors:
    """A folder with a file of vectors, two of their codes, each in the row of its slot, and a snapshot.

    Args:
        library: path that the folder's name begins with.
        token: of the folder, which is there.
        dimensions: components of a vector.
        width: bytes of a short code.

    Attributes:
        token: of the folder.
        vectors: file of float32 [n, d].
        codes: file of short codes, int8 [n, width].
        whole: file of whole codes, int8 [n, d].

    Raises:
        OSError: a file is missing or can't be opened.

    """

    def __init__(self, library: Path, token: str, dimensions: int, width: int) -> None:
        self._library = library
        self.token = token
        self._kept_rows = 0
        with contextlib.ExitStack() as opened:
            self.vectors = RowFile(self._folder / _VECTORS, np.float32, dimensions)
            opened.callback(self.vectors.close)
            self.codes = RowFile(self._folder / _CODES, np.int8, width)
            opened.callback(self.codes.close)
            self.whole = RowFile(self._folder / _WHOLE, np.int8, dimensions)
            opened.pop_all()

    @classmethod
    def write(cls, library: Path, vectors: Iterable[Vectors], codes: Codes, whole: Codes) -> "KeptVectors":
        """Make a folder of `vectors`, float32 [m, d] one after the other, and of their codes, int8 [n, width], [n, d].

        The files are durable then.

        Raises:
            OSError: it can't be written, or the disk is full; nothing is left of it.

        """
        token = secrets.token_hex(_TOKEN_BYTES)
        folder = _folder(library, token)
        try:
            folder.mkdir(mode=_OWNER_ONLY)
            write_private(folder / _VECTORS, (np.ascontiguousarray(block).data for block in vectors))
            write_private(folder / _CODES, [np.ascontiguousarray(codes).data])
            write_private(folder / _WHOLE, [np.ascontiguousarray(whole).data])
            return cls(library, token, whole.shape[1], codes.shape[1])
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def read_codes(self, rows: int, checksums: Sequence[int]) -> tuple[Codes, Codes]:
        """Return the first `rows` short codes and whole codes; vectors are checked as they are read.

        Raises:
            OSError: they can't be read.
            SnapshotMismatchError: a file is too short, or the codes haven't these checksums.

        """
        if min(file.rows for file in self._files.values()) < rows:
            raise SnapshotMismatchError("a file of vectors or codes is cut off")
        codes, whole = self.codes.read_first(rows), self.whole.read_first(rows)
        if (zlib.crc32(codes.data), zlib.crc32(whole.data)) != tuple(checksums):
            raise SnapshotMismatchError("a file of codes is damaged")
        return codes, whole

    def is_whole(self, rows: int, checksums: Sequence[int]) -> bool:
        """Return whether the files are where they belong, have `rows` rows, and codes that have these checksums."""
        if not _is_folder(self._folder):
            return False
        try:
            if not all(file.is_at(self._folder / name) and file.rows >= rows for name, file in self._files.items()):
                return False
            return (self.codes.checksum(rows), self.whole.checksum(rows)) == tuple(checksums)
        except OSError:
            return False

    def keep(self, rows: int, snapshot: bytes) -> None:
        """Make all that was written durable, and a snapshot that speaks of `rows` rows, under a new token.

        Raises:
            OSError: it can't be written.

        """
        for file in self._files.values():
            file.flush()
        unfinished = self._folder / _UNFINISHED
        unfinished.unlink(missing_ok=True)
        write_private(unfinished, [snapshot])
        unfinished.rename(self._folder / _SNAPSHOT)
        _sync(self._folder)
        self._rename()
        self._kept_rows = rows

    def begin(self, rows: int) -> None:
        """Note that a snapshot speaks of `rows` rows."""
        self._kept_rows = rows

    def touch(self, slots: Indices) -> None:
        """Take the files from the last snapshot before `slots`, int64 [m], change, if it speaks of one of them.

        Raises:
            OSError: the folder can't be changed.

        """
        if (slots < self._kept_rows).any():
            self._rename()
            # It knows a digest of each vector.
            (self._folder / _SNAPSHOT).unlink(missing_ok=True)
            self._kept_rows = 0

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            file.close()

    @property
    def _files(self) -> dict[str, RowFile[np.float32] | RowFile[np.int8]]:
        return {_VECTORS: self.vectors, _CODES: self.codes, _WHOLE: self.whole}

    @property
    def _folder(self) -> Path:
        return _folder(self._library, self.token)

    def _rename(self) -> None:
        token = secrets.token_hex(_TOKEN_BYTES)
        # Where somebody has removed the folder, no snapshot can find it.
        with contextlib.suppress(FileNotFoundError):
            if _is_folder(self._folder):
                _open_up(self._folder)
                self._folder.rename(_folder(self._library, token))
            else:
                # A file in its place, or a link, by which a snapshot could be found.
                self._folder.unlink()
        self.token = token
        _sync(self._library.parent)


def read_kept_snapshot(library: Path, token: str) -> bytes:
    """Return the snapshot in the folder of a token.

    Raises:
        OSError: there is none.

    """
    folder = _folder(library, token)
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    with os.fdopen(open_regular(folder / _SNAPSHOT, os.O_RDONLY), "rb") as file:
        return file.read()


def remove_kept(library: Path, but: str = "") -> None:
    """Remove the folders of `library`, all but that of the token `but`, and whatever is in the place of one.

    Raises:
        OSError: one resists, though all others are gone; what was deleted from the library may be in it.

    """
    resisting: OSError | None = None
    for folder in library.parent.glob(f"{library.name}{_INFIX}*"):
        if folder == _folder(library, but):
            continue
        try:
            _open_up(folder)
            remove(folder)
        except OSError as error:
            resisting = error
    if resisting is not None:
        raise resisting


def kept_bytes(library: Path, token: str = "") -> int:
    """Return how many bytes the folder of `library` takes on the disk; `token` is where it is looked for first."""
    folder = _folder(library, token)
    folders = [folder] if token and folder.exists() else library.parent.glob(f"{library.name}{_INFIX}*")
    total = 0
    for found in folders:
        # It may get a new token meanwhile.
        with contextlib.suppress(OSError), os.scandir(found) as files:
            total += sum(file.stat().st_size for file in files)
    return total


def _folder(library: Path, token: str) -> Path:
    return library.with_name(f"{library.name}{_INFIX}{token}")


def _is_folder(path: Path) -> bool:
    """Return whether a folder is at `path` itself: what a link leads to is none of the library's."""
    return path.is_dir() and not path.is_symlink()


def _open_up(folder: Path) -> None:
    """Give the owner back what somebody took from him, if it is a folder of ours."""
    with contextlib.suppress(OSError):
        if _is_folder(folder):
            folder.chmod(_OWNER_ONLY)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
