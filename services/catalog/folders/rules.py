"""What of a folder of the server's disk is left out, by its patterns and the ignore files that may be read."""

import os
from collections.abc import Sequence

from services.common.roots import OutsideError, Roots
from services.common.scan.exclusions import IGNORE_FILE, MAX_IGNORE_FILE_BYTES, Exclusions


def rules_of(roots: Roots, path: str, include: Sequence[str], exclude: Sequence[str]) -> Exclusions:
    """Return what is left out in a folder at an absolute path.

    Raises:
        OSError: an ignore file can't be read.
        PatternError: a pattern is wrong.

    """

    def read(folder: str) -> bytes | None:
        """Read the ignore file of a folder; see `IgnoreReader`. Those outside of what may be read say nothing."""
        try:
            descriptor = roots.open_file(os.fsencode(f"{folder}/{IGNORE_FILE}"))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OutsideError:
            if folder == path or folder.startswith(path.rstrip("/") + "/"):
                raise
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MAX_IGNORE_FILE_BYTES + 1)

    return Exclusions.at_root(path, exclude, include=include, read=read)
