"""What a file that can't be read is, for the message that says so."""

from typing import Final

import puremagic

# Signatures stand at the beginning; what is searched stays small, whatever is sent.
_SEARCHED_BYTES: Final = 4096
_PICTURE_TYPES: Final = ("image/", "video/", "application/pdf")


def name_format(data: bytes) -> str:
    """Return the name of a picture, video or document format that `data` begins like; empty if it isn't known."""
    try:
        candidates = puremagic.magic_string(data[:_SEARCHED_BYTES])
    except (puremagic.PureError, ValueError):
        return ""
    for candidate in candidates:
        # Raw formats of cameras have no registered media type.
        if candidate.mime_type.startswith(_PICTURE_TYPES) or is_raw(candidate.name):
            return f"{candidate.name} ({candidate.extension})"
    return ""


def is_raw(name: str) -> bool:
    """Whether the `name` of a format is that of a camera's raw data."""
    return "raw" in name.lower().split()
