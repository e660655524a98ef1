"""The log beside a DuckDB file: what was written since the last checkpoint.

DuckDB takes whatever it can't read as an entry for the torn end of a write that nobody was told of, and removes it: so
it opens a library whose log begins with zeros as if nothing had been logged. What no torn write leaves is found here.
"""

import os
import re
from pathlib import Path
from typing import BinaryIO, Final

from services.catalog.library_paths import LOG, LOG_OF_CHECKPOINT, beside

# How every log begins: an entry, of the kind that tells the version, and its version.
_BEGINNING: Final = bytes.fromhex("6400 62 6500")
# Version 2, and in newer logs of which database, 16 numbers of one or two bytes each, and which of its checkpoints. A
# log of another kind is left to DuckDB.
_HEAD: Final = re.compile(
    rb"\x64\x00\x62\x65\x00\x02(?:\x66\x00\x10(?:[\x80-\xff]?[\x00-\x7f]){16}\x67\x00[\x80-\xff]{0,9}[\x00-\x7f])?\xff\xff",
    re.DOTALL,
)
_HEAD_BYTES: Final = 64
# Before each entry behind the head: its length, and a checksum.
_LENGTH_BYTES: Final = 8
_PREFIX_BYTES: Final = 16
# The entry that ends a commit, and so every log that isn't torn.
_COMMIT: Final = bytes.fromhex("6400 64 ffff")
_COMMIT_LENGTH: Final = len(_COMMIT).to_bytes(_LENGTH_BYTES, "little")


def logs_of(path: Path) -> tuple[Path, Path]:
    """Return the paths of the logs of the DuckDB file at `path`: the second is written while a checkpoint is made."""
    return beside(path, LOG), beside(path, LOG_OF_CHECKPOINT)


def is_damaged(log: Path) -> bool:
    """Return whether DuckDB would pass over a part of a log that isn't the torn end of a write.

    One that is missing, empty, or cut off anywhere, as a killed process leaves it, is not damaged; neither is one that
    can't be read, of which DuckDB says more. Only entries' lengths are read: DuckDB checks what is in them.
    """
    try:
        with log.open("rb") as file:
            return _is_damaged(file, os.fstat(file.fileno()).st_size)
    except OSError:
        return False


def _is_damaged(file: BinaryIO, size: int) -> bool:
    head = file.read(_HEAD_BYTES)
    if head[: len(_BEGINNING)] != _BEGINNING[: len(head)]:
        return True
    found = _HEAD.match(head)
    if found is None:
        return False
    return _end_of_entries(file, found.end(), size) < size and _ends_with_commit(file, size)


def _end_of_entries(file: BinaryIO, position: int, size: int) -> int:
    """Return where the entries end that follow each other from `position` on."""
    while position + _PREFIX_BYTES <= size:
        file.seek(position)
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if not 0 < length <= size - position - _PREFIX_BYTES:
            break
        position += _PREFIX_BYTES + length
    return position


def _ends_with_commit(file: BinaryIO, size: int) -> bool:
    file.seek(max(size - _PREFIX_BYTES - len(_COMMIT), 0))
    last = file.read()
    return last.startswith(_COMMIT_LENGTH) and last.endswith(_COMMIT)
