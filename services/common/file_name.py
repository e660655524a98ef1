"""Names of files as text for people."""

from typing import Final

from services.common.limits import MAX_FILE_NAME_CHARS

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def readable_file_name(name: bytes) -> str:
    """Return the name of a file as text; what could be taken for a folder or a command is replaced."""
    text = name.decode("utf-8", "replace")[:MAX_FILE_NAME_CHARS]
    return "".join(character if character.isprintable() and character != "\\" else _REPLACEMENT for character in text)
