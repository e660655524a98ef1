"""Which file of this machine a URI names, and the URI of a file."""

import re
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

# RFC 8089, without a query or a fragment, which no file has.
_FILE: Final = re.compile(r"file:(?://(?:localhost)?)?(?P<path>/[^?#\s]*)", re.IGNORECASE)
_NO_NAMES: Final = frozenset({b"", b".", b".."})


def path_of(uri: str) -> bytes | None:
    """Return the absolute path that a URI names on this machine; None for any other URI.

    A path has one spelling: what steps over itself (``..``, ``%2e%2e``), is doubled (``//``) or hides a separator in a
    name (``%2F``, ``%00``) is none that anybody's program has made of a path.
    """
    match = _FILE.fullmatch(uri)
    if match is None:
        return None
    names = [unquote_to_bytes(name) for name in match["path"].split("/")[1:]]
    if any(name in _NO_NAMES or b"/" in name or b"\0" in name for name in names):
        return None
    return b"/" + b"/".join(names)


def uri_of(path: bytes) -> str:
    """Return the URI of an absolute path, in the one spelling that Albumen's own programs use."""
    return "file://" + quote_from_bytes(path)
