"""What a file that can't be read is, for the message that says so."""

from typing import Final

import puremagic

# Signatures stand at the beginning and at the end; what is searched stays small, whatever is sent.
_SEARCHED_BYTES: Final = 4096
_PICTURE_TYPES: Final = ("image/", "video/", "application/pdf")
# Of formats without a registered media type, such as the raw formats of cameras.
_PICTURE_WORDS: Final = frozenset({"image", "raw"})
# A file that begins like one of these and can't be opened is damaged, and naming it would only puzzle.
_READ: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif", ".hif"}
)


def name_format(data: bytes) -> str:
    """Return the name of the unsupported picture, video or document format that `data` is in; empty if unknown."""
    searched = data if len(data) <= 2 * _SEARCHED_BYTES else data[:_SEARCHED_BYTES] + data[-_SEARCHED_BYTES:]
    try:
        candidates = puremagic.magic_string(searched)
    except (puremagic.PureError, ValueError):
        return ""
    for candidate in candidates:
        words = candidate.name.lower().split()
        if candidate.mime_type.startswith(_PICTURE_TYPES) or not _PICTURE_WORDS.isdisjoint(words):
            return "" if candidate.extension in _READ else f"{candidate.name} ({candidate.extension})"
    return ""


def is_raw(name: str) -> bool:
    """Whether the `name` of a format is that of a camera's raw data."""
    return "raw" in name.lower().split()
