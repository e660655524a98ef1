"""Where an owner keeps a file: what is a URI of it."""

import re
from typing import Final

from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.length import check_length
from services.common.limits import MAX_SOURCE_URI_CHARS

_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


def check_source_uri(uri: str, *, field: str) -> None:
    """Refuse what is no absolute URI (RFC 3986), or too long a one.

    Raises:
        InvalidArgumentError: SOURCE_URI_INVALID, of `field`.

    """
    check_uri_length(uri, field=field)
    if not _is_absolute(uri):
        raise InvalidArgumentError(
            Reason.SOURCE_URI_INVALID,
            f"{excerpt(uri)!r} is no absolute URI (RFC 3986): it takes a scheme, and spaces, backslashes and letters "
            "beyond ASCII are percent-encoded. A file has one like file:///photos/cat%201.jpg.",
            field=field,
            metadata={"value": excerpt(uri)},
        )


def check_uri_length(uri: str, *, field: str) -> None:
    """Refuse a URI, or the beginning of one, that is too long.

    Raises:
        InvalidArgumentError: SOURCE_URI_INVALID, of `field`.

    """
    check_length(uri, MAX_SOURCE_URI_CHARS, Reason.SOURCE_URI_INVALID, what="A URI", field=field)


def _is_absolute(text: str) -> bool:
    # Imported here, for a catalog starts without it.
    from rfc3986 import uri_reference  # noqa: PLC0415
    from rfc3986.exceptions import RFC3986Exception  # noqa: PLC0415
    from rfc3986.validators import Validator  # noqa: PLC0415

    # The library percent-encodes what may not stand in a URI before it looks, so that is refused first.
    if _CHARACTERS.fullmatch(text) is None:
        return False
    uri = uri_reference(text)
    # A scheme of one letter is a drive of Windows.
    if uri.scheme is None or len(uri.scheme) == 1:
        return False
    try:
        Validator().check_validity_of("scheme", "host", "path", "query", "fragment").validate(uri)
    except RFC3986Exception:
        return False
    return True
