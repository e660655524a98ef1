"""Paths that DuckDB reads otherwise than the system does."""

import os
from pathlib import Path

from services.catalog.storage.unavailable import library_unavailable


def require_literal(path: Path) -> None:
    """Check that DuckDB takes the path for what it is, links followed as DuckDB follows them.

    It would put the log of ``a?b/x.duckdb`` into ``a.wal?b``, as if a URL's query began there, and read a backslash
    as the end of a folder's name.
    """
    misread = [character for character in "?\\" if os.sep != character and character in str(path.resolve())]
    if misread:
        characters = " or ".join(misread)
        raise library_unavailable(
            path,
            f"DuckDB keeps no file in a folder with {characters} in its path: rename the folder, or choose another in "
            "ALBUMEN_CATALOG_LIBRARIES_DIR.",
        )
