"""Descriptions that users write: what is one."""

import unicodedata

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DESCRIPTION_CHARS

_ALLOWED = frozenset("\t\n\r")


def checked_description(description: str, *, field: str) -> str:
    """Return a description in the form in which it is stored: NFC, and nothing else is changed.

    Raises:
        InvalidArgumentError: DESCRIPTION_INVALID, it is too long, or holds a control character.

    """
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidArgumentError(
            Reason.DESCRIPTION_INVALID,
            f"The description has {len(description):,} characters, more than the limit of {MAX_DESCRIPTION_CHARS:,}. "
            "Shorten it.",
            field=field,
            metadata={"limit": str(MAX_DESCRIPTION_CHARS), "value": str(len(description))},
        )
    for position, character in enumerate(description, 1):
        if unicodedata.category(character) == "Cc" and character not in _ALLOWED:
            raise InvalidArgumentError(
                Reason.DESCRIPTION_INVALID,
                f"Character {position} of the description, U+{ord(character):04X}, is a control character. Remove it.",
                field=field,
                metadata={"position": str(position), "value": f"U+{ord(character):04X}"},
            )
    return unicodedata.normalize("NFC", description)
