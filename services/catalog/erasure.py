"""Erasing a library's files so that a crash half-way leaves nothing that could come back."""

import shutil
from pathlib import Path

import structlog

from services.catalog.library_paths import ERASED, SUFFIX, beside, files_of

_log = structlog.get_logger()


def erase_library(path: Path) -> None:
    """Remove the closed DuckDB file at `path` and everything whose name starts with its name, its log first of all.

    The rename decides: from then on the library is gone, and `finish_erasures` removes what a crash leaves.
    """
    marker = beside(path, ERASED)
    if path.exists():
        path.rename(marker)
    for file in files_of(path):
        if file != marker:
            remove(file)
    remove(marker)


def finish_erasures(directory: Path) -> None:
    """Erase what was being erased in `directory` when a process died; what resists is logged, and tried again."""
    for marker in directory.glob(f"*{SUFFIX}{ERASED}"):
        try:
            erase_library(marker.with_name(marker.name.removesuffix(ERASED)))
        except OSError as error:
            _log.warning("erasure_unfinished", file=marker.name, error=str(error))


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it; nothing if it is not there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
