"""Folders that devices and systems make for themselves: what is in them is no photo of their owner's."""

from fnmatch import fnmatchcase
from typing import Final

# In lower case; compared so, because some of these live on file systems that do not tell the cases apart.
_NAMES: Final = frozenset(
    (
        # Synology
        "@eadir", "@tmp", "@synoresource", "@sharebin", "#recycle", "#snapshot",
        # QNAP
        "@recycle", "@recently-snapshot", "@transcode",
        # Windows
        "$recycle.bin", "recycler", "recycled", "system volume information", "found.000",
        # Unix, file servers and desktops; those that begin with a dot are hidden anyway
        "lost+found", ".snapshot", ".snapshots", ".zfs", ".thumbnails", ".trash", ".trashes",
        ".@__thumb", ".spotlight-v100", ".fseventsd",
    )
)  # fmt: skip
# Trash of each user; the previews of photo programs.
_PATTERNS: Final = (".trash-*", "*.lrdata")


def is_system_folder(name: str) -> bool:
    """Return whether a folder called `name` is left out unless somebody asks for it."""
    folded = name.lower()
    return folded in _NAMES or any(fnmatchcase(folded, pattern) for pattern in _PATTERNS)
