"""What a library may be called in resource names and on disk."""

import re
from typing import Final

from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt

_ID: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


def is_library_id(text: str) -> bool:
    """Return whether `text` can be the id of a library."""
    return _ID.fullmatch(text) is not None


def check_library_id(text: str) -> None:
    """Refuse what can't be the id of a library.

    Raises:
        InvalidArgumentError: LIBRARY_ID_INVALID.

    """
    if not is_library_id(text):
        raise InvalidArgumentError(
            Reason.LIBRARY_ID_INVALID,
            f"{excerpt(text)!r} is no library id: use 1 to 63 lower-case letters, digits and hyphens, a letter first "
            "and no hyphen last.",
            field="library_id",
        )
