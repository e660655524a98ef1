"""Names that users give: what is a name, and when two of them are the same text."""

import unicodedata
from typing import Final

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DISPLAY_NAME_CHARS

# Composition makes a text shorter, but never by so much.
_MAX_COMPOSITION: Final = 8


def checked_display_name(display_name: str, *, field: str) -> str:
    """Return a name in the form in which it is stored: NFC, trimmed, and with single spaces.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_TOO_LONG; or DISPLAY_NAME_INVALID, the name holds a control character or one
            that cannot be seen where it is, has nothing that can be seen, or has a word that looks like another.

    """
    # Imported here, for its tables take a tenth of the time in which a catalog starts.
    from services.catalog.name_faults import faults_of, is_visible, single_spaced  # noqa: PLC0415

    name = display_name.strip()
    if display_name and not name:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_INVALID,
            "The name is nothing but white space. Send an empty one, and name the field in the mask, to take it away.",
            field=field,
        )
    if len(name) <= MAX_DISPLAY_NAME_CHARS * _MAX_COMPOSITION:
        for position, why in faults_of(name):
            raise _invalid(name[position], position + display_name.index(name) + 1, why, field)
        if name and not is_visible(name):
            raise InvalidArgumentError(
                Reason.DISPLAY_NAME_INVALID,
                "Nothing of the name can be seen. Use letters, digits or symbols, or leave it empty.",
                field=field,
            )
        name = single_spaced(unicodedata.normalize("NFC", name))
    if len(name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_TOO_LONG,
            f"The name has {len(name)} characters, more than the limit of {MAX_DISPLAY_NAME_CHARS}. Shorten it.",
            field=field,
            metadata={"limit": str(MAX_DISPLAY_NAME_CHARS), "value": str(len(name))},
        )
    return name


def _invalid(character: str, position: int, why: str, field: str) -> InvalidArgumentError:
    code = f"U+{ord(character):04X}"
    label = unicodedata.name(character, "")
    return InvalidArgumentError(
        Reason.DISPLAY_NAME_INVALID,
        f"Character {position} of the name, {f'{code} {label}'.strip()}, {why}. Remove or replace it.",
        field=field,
        metadata={"position": str(position), "value": code},
    )
