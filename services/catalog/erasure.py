"""Erasing a library's files so that a crash half-way leaves nothing that could come back."""

import shutil
from pathlib import Path
from typing import Final

_ERASED: Final = ".erased"


def erase_library(path: Path) -> None:
    """Remove the closed DuckDB file at `path` and everything whose name starts with its name, its log first of all.

    The rename decides: from then on the library is gone, and `finish_erasures` removes what a crash leaves.
    """
    marker = path.with_name(path.name + _ERASED)
    if path.exists():
        path.rename(marker)
    for beside in path.parent.glob(f"{path.name}*"):
        if beside != marker:
            _remove(beside)
    marker.unlink(missing_ok=True)


def finish_erasures(directory: Path) -> None:
    """Erase what was being erased in `directory` when a process died."""
    for marker in directory.glob(f"*.duckdb{_ERASED}"):
        erase_library(marker.with_name(marker.name.removesuffix(_ERASED)))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
