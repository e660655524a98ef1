"""How SHA-256 hashes are written."""

import re
from typing import Final

_WRITTEN: Final = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Return whether a text is a SHA-256 in lower-case hexadecimal digits."""
    return _WRITTEN.fullmatch(text) is not None
