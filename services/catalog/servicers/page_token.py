"""Opaque page tokens, bound to the query that they continue."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Final

from services.common.errors import InvalidArgumentError, Reason

Key = Sequence[int | str]

_DIGEST_CHARS: Final = 12


def encode_page_token(key: Key, *query: object) -> str:
    """Return the token for the page after `key` of the list that `query` describes."""
    body = json.dumps([_digest(query), *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_page_token(token: str, key_types: Sequence[type], *query: object) -> tuple[int | str, ...] | None:
    """Return the key that `token` continues after; None for the first page.

    Args:
        token: what the caller sent; empty for the first page.
        key_types: type of each part of the key.
        query: everything of the request that decides which items the list holds.

    Raises:
        InvalidArgumentError: PAGE_TOKEN_INVALID if the token is malformed or belongs to another query.

    """
    if not token:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        digest, *key = parts
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _invalid("is not one that this service made") from None
    if digest != _digest(query):
        raise _invalid("belongs to another request; only page_size may change between pages")
    if [type(part) for part in key] != list(key_types):
        raise _invalid("is not one that this service made")
    return tuple(key)


def _digest(query: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(query).encode()).hexdigest()[:_DIGEST_CHARS]


def _invalid(why: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.PAGE_TOKEN_INVALID,
        f"The page token {why}. Send next_page_token of the page before, or none for the first page.",
        field="page_token",
    )
