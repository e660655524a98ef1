"""Files of rows of numbers, all of them of one width, that only their owner may read.

They are read and never mapped: a map of a file that somebody cuts off, or whose disk fails, kills the process.
"""

import errno
import os
import stat
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)
_OWNER_ONLY: Final = 0o600
# So much stays in the second-level cache while it is copied.
_READ_AT_ONCE: Final = 1 << 16


def write_private(path: Path, content: Iterable[bytes | memoryview]) -> None:
    """Make a new file of `content`, one after the other, that only its owner may read; it is durable then.

    Raises:
        OSError: it can't be written, or the disk is full.

    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())


def open_regular(path: Path, flags: int) -> int:
    """Return a descriptor of a file; a pipe or a device in its place is refused, for to read it may never end.

    Raises:
        OSError: it can't be opened, or is no file.

    """
    handle = os.open(
        path, flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "It is no file", str(path))
    return handle


class RowFile(Generic[T]):
    """An open file of rows; every method raises OSError where the disk fails.

    Args:
        path: the file, which is there.
        dtype: of a number.
        width: numbers of a row.

    Attributes:
        dtype: of a number.
        width: numbers of a row.
        row_bytes: bytes of a row.

    """

    def __init__(self, path: Path, dtype: type[T], width: int) -> None:
        self.dtype: np.dtype[T] = np.dtype(dtype)
        self.width = width
        self.row_bytes = width * self.dtype.itemsize
        # It stays open for as long as somebody has it.
        self._file = os.fdopen(open_regular(path, os.O_RDWR), "r+b", buffering=0)

    @property
    def handle(self) -> int:
        """Descriptor of the file."""
        return self._file.fileno()

    @property
    def rows(self) -> int:
        """How many whole rows there are."""
        return os.fstat(self.handle).st_size // self.row_bytes

    def is_at(self, path: Path) -> bool:
        """Return whether it is this file that is at `path`, wherever it has been opened."""
        try:
            return os.path.samestat(path.stat(), os.fstat(self.handle))
        except FileNotFoundError:
            return False

    def read(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[T]:
        """Return [m, width], the numbers in `rows`, int64 [m]: zeros where the file has ended before."""
        found = np.zeros((len(rows), self.width), self.dtype)
        if len(rows) == 0:
            return found
        view = found.data.cast("B")
        # Rows that follow each other are read at once.
        starts = [0, *(np.flatnonzero(np.diff(rows) != 1) + 1).tolist()]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            part = view[start * self.row_bytes : end * self.row_bytes]
            os.preadv(self.handle, [part], int(rows[start]) * self.row_bytes)
        return found

    def read_first(self, rows: int) -> npt.NDArray[T]:
        """Return [rows, width], the first rows: zeros where the file has ended before."""
        found = np.zeros((rows, self.width), self.dtype)
        view, size = found.data.cast("B"), found.nbytes
        for start in range(0, size, _READ_AT_ONCE):
            os.preadv(self.handle, [view[start : start + _READ_AT_ONCE]], start)
        return found

    def write(self, rows: npt.NDArray[np.int64], numbers: npt.NDArray[T]) -> None:
        """Write `numbers`, [m, width], into `rows`, int64 [m]."""
        if len(rows) == 0:
            return
        content = np.ascontiguousarray(numbers, self.dtype).data.cast("B")
        for at, row in enumerate(rows.tolist()):
            part = content[at * self.row_bytes : (at + 1) * self.row_bytes]
            if os.pwrite(self.handle, part, row * self.row_bytes) < len(part):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def cut(self, rows: int) -> None:
        """Forget all that is behind `rows` rows."""
        self._file.truncate(rows * self.row_bytes)

    def checksum(self, rows: int) -> int:
        """Return the CRC-32 of the first `rows` rows."""
        checksum, size = 0, rows * self.row_bytes
        for start in range(0, size, _READ_AT_ONCE):
            checksum = zlib.crc32(os.pread(self.handle, min(_READ_AT_ONCE, size - start), start), checksum)
        return checksum

    def flush(self) -> None:
        """Make durable what was written."""
        os.fsync(self.handle)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
