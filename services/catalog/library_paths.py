"""Which files a library has: all begin with the name of its DuckDB file, and whoever erases goes through them."""

from pathlib import Path
from typing import Final

SUFFIX: Final = ".duckdb"
# What was written since the last checkpoint, and what is written while one is made.
LOG: Final = ".wal"
LOG_OF_CHECKPOINT: Final = ".wal.checkpoint"
# What DuckDB has no memory for.
TEMPORARY: Final = ".tmp"
# A library that is being made; no list shows it.
UNFINISHED: Final = ".new"
# A library that is being erased.
ERASED: Final = ".erased"
# The file written anew, as long as it may be a part only; it has a log and temporary files of its own.
COPY: Final = ".copy"
# The same, whole: from here on it stands for the library, and the file and its log for nothing.
WHOLE_COPY: Final = ".whole"
# The folder of its operations, which none of the above has a part of.
OPERATIONS: Final = ".operations"


def beside(path: Path, ending: str) -> Path:
    """Return the path of another file of the library whose DuckDB file is at `path`."""
    return path.with_name(path.name + ending)


def files_of(path: Path) -> list[Path]:
    """Return all that is there of a library: its DuckDB file at `path`, and the files and folders beside it."""
    return sorted(path.parent.glob(f"{path.name}*"))
