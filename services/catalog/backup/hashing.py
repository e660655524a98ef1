"""Files read a few megabytes at a time: their hashes, and copies of them."""

import hashlib
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import BinaryIO, Final

from services.catalog.backup.manifest import KeptFile
from services.catalog.operations.kind import Progress
from services.common.limits import MEBIBYTE

# So much takes some tens of milliseconds.
_AT_ONCE: Final = 16 * MEBIBYTE
_OWNER_ONLY: Final = 0o600


def hash_file(path: Path, name: str) -> Generator[Progress, None, KeptFile]:
    """Read a file and make it durable; return what a manifest says of it.

    Raises:
        OSError: it can't be read.

    """
    with path.open("rb") as file:
        digest = yield from _read(file, lambda _: None)
        os.fsync(file.fileno())
    return KeptFile(name, path.stat().st_size, digest)


def copy_file(source: Path, target: Path) -> Generator[Progress, None, KeptFile]:
    """Copy a file to where none is, and make it durable; return what a manifest says of it.

    Raises:
        OSError: it can't be read or written, or the disk is full.

    """
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as copy, source.open("rb") as file:
        digest = yield from _read(file, copy.write)
        copy.flush()
        os.fsync(copy.fileno())
    return KeptFile(source.name, target.stat().st_size, digest)


def _read(file: BinaryIO, take: Callable[[bytes], object]) -> Generator[Progress, None, str]:
    """Read a file to its end, and give away what was read; return the hash of it."""
    digest, done, total = hashlib.sha256(), 0, os.fstat(file.fileno()).st_size
    while part := file.read(_AT_ONCE):
        take(part)
        digest.update(part)
        done += len(part)
        yield Progress(done // MEBIBYTE, max(done, total) // MEBIBYTE, "MiB")
    return digest.hexdigest()
