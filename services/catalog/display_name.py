"""Names that users give."""

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DISPLAY_NAME_CHARS


def checked_display_name(display_name: str, *, field: str) -> str:
    """Return a name without surrounding white space.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_TOO_LONG.

    """
    name = display_name.strip()
    if len(name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_TOO_LONG,
            f"The name has {len(name)} characters, more than the limit of {MAX_DISPLAY_NAME_CHARS}. Shorten it.",
            field=field,
            metadata={"limit": str(MAX_DISPLAY_NAME_CHARS), "value": str(len(name))},
        )
    return name
