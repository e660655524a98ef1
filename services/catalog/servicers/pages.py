"""Pages of a list, as AIP-158 has them: how large they are, where they start, and where they are cut."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, Final, Protocol, TypeVar

from google.protobuf.message import Message

from services.catalog.records import Page
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_PAGE_BYTES

Key = tuple[int | float | str, ...]

_DEFAULT_SIZE: Final = 50
_DIGEST_CHARS: Final = 12
_LARGEST_KEY: Final = 2**63 - 1
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
# The longest key is a URI of 2,048 characters, each six in JSON if it is not ASCII.
_MAX_TOKEN_CHARS: Final = 20_000
# What an entry of a repeated field takes beside the message itself: its tag, and its length, which is below 2**28.
_ENTRY_BYTES: Final = 5
_Item = TypeVar("_Item")
_M = TypeVar("_M", bound=Message)


class ListRequest(Protocol):
    """The part that the requests of all lists have in common."""

    page_size: int
    page_token: str


class PageRequest:
    """The page of a list that a request asks for.

    Args:
        checks: gets what is wrong with page_size and page_token: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        request: the request.
        *query: the list, and everything of the request that decides which items it holds; a token serves this list
            only.
        most: how many items a page may hold.
        key_types: type of each part of the list's keys.

    """

    def __init__(
        self, checks: Checks, request: ListRequest, *query: object, most: int, key_types: tuple[type, ...] = (int,)
    ) -> None:
        self._query = query
        self._size = checks.run(page_size, request.page_size, most)
        token = checks.run(decode_page_token, request.page_token, key_types)
        self._after = checks.run(start_of_page, token, *query)

    def fill(
        self,
        read: Callable[[Any, int], Page[_Item, Any]],
        message_of: Callable[[_Item], _M],
        *,
        at_once: int = 1_000,
    ) -> tuple[list[_M], str]:
        """Return the messages of the page's items, MAX_PAGE_BYTES in all, and the token of the next page.

        Args:
            read: returns up to so many items (second argument) after a key (first argument; None from the start).
            message_of: returns the message of an item.
            at_once: how many items are read together, which bounds what is held beside the messages.

        """
        messages: list[_M] = []
        room = MAX_PAGE_BYTES - _MAX_TOKEN_CHARS
        after = None if self._after is None else _as_read(self._after)
        while True:
            page = read(after, min(self._size - len(messages), at_once))
            for item, key in zip(page.items, page.keys, strict=True):
                message = message_of(item)
                size = message.ByteSize() + _ENTRY_BYTES
                # The first item is sent however large it is, or the list would never get past it.
                if messages and size > room:
                    return messages, self._token(after)
                messages.append(message)
                room -= size
                after = key
            after = page.next_key
            if after is None:
                return messages, ""
            if len(messages) >= self._size:
                return messages, self._token(after)

    def _token(self, after: Any) -> str:  # noqa: ANN401 - a key of the list, a tuple or the only part of one
        return encode_page_token(after if isinstance(after, tuple) else (after,), *self._query)


def fit_answer(lists: Sequence[Sequence[_M]]) -> list[Sequence[_M]]:
    """Return the beginnings of ranked lists, as long as each other, that fit into one answer."""
    length = fitting_length(lists)
    return [one[:length] for one in lists]


def fitting_length(lists: Sequence[Sequence[Message]]) -> int:
    """Return how many of each of some ranked lists fit into one answer.

    The answer has MAX_PAGE_BYTES, a sixteenth of them for what it says beside the lists.
    """
    room = MAX_PAGE_BYTES - MAX_PAGE_BYTES // 16
    length = 0
    for rank in zip_longest(*lists):
        size = sum(message.ByteSize() + _ENTRY_BYTES for message in rank if message is not None)
        if size > room:
            break
        room -= size
        length += 1
    return length


def page_size(requested: int, most: int) -> int:
    """Return how many items a page holds: 50 by default, never more than `most`.

    Raises:
        InvalidArgumentError: PAGE_SIZE_INVALID if `requested` is negative.

    """
    if requested < 0:
        raise InvalidArgumentError(
            Reason.PAGE_SIZE_INVALID,
            f"A page can't hold {requested} items. Ask for 1 to {most:,}; 0 means {_DEFAULT_SIZE}.",
            field="page_size",
            metadata={"limit": str(most), "value": str(requested)},
        )
    return min(requested or _DEFAULT_SIZE, most)


def max_results(requested: int, most: int) -> int:
    """Return how many results an answer without pages holds: 50 by default, never more than `most`.

    Raises:
        InvalidArgumentError: MAX_RESULTS_INVALID if `requested` is negative.

    """
    if requested < 0:
        raise InvalidArgumentError(
            Reason.MAX_RESULTS_INVALID,
            f"{requested} results can't be found. Ask for 1 to {most:,}; 0 means {_DEFAULT_SIZE}.",
            field="max_results",
            metadata={"limit": str(most), "value": str(requested)},
        )
    return min(requested or _DEFAULT_SIZE, most)


def encode_page_token(key: Key, *query: object) -> str:
    """Return the token for the page after `key` of the list that `query` describes."""
    return _encode(_digest(query), key)


def decode_page_token(token: str, key_types: tuple[type, ...]) -> tuple[str, Key] | None:
    """Return the digest and the key in a token; None for the empty token of the first page.

    Args:
        token: what the caller sent.
        key_types: type of each part of the key.

    Raises:
        InvalidArgumentError: PAGE_TOKEN_INVALID if this service cannot have made the token.

    """
    if not token:
        return None
    if len(token) > _MAX_TOKEN_CHARS:
        raise _invalid("is not one that this service made")
    try:
        padded = token + "=" * (-len(token) % 4)
        digest, *key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _invalid("is not one that this service made") from None
    if not isinstance(digest, str) or [type(part) for part in key] != list(key_types):
        raise _invalid("is not one that this service made")
    # No list has such a key, and the library would be blamed for it.
    if not all(map(_is_storable, key)):
        raise _invalid("is not one that this service made")
    # Base64 and JSON have other spellings of the same key.
    if _encode(digest, tuple(key)) != token:
        raise _invalid("is not one that this service made")
    return digest, tuple(key)


def start_of_page(token: tuple[str, Key] | None, *query: object) -> Key | None:
    """Return the key after which the page starts; None for the first page.

    Raises:
        InvalidArgumentError: PAGE_TOKEN_INVALID if the token belongs to another list.

    """
    if token is None:
        return None
    digest, key = token
    if digest != _digest(query):
        raise _invalid("belongs to another request; only page_size and read_mask may change between pages")
    return key


def _encode(digest: str, key: Key) -> str:
    body = json.dumps([digest, *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _is_storable(part: float | str) -> bool:
    """Return whether a column can hold a part of a key: JSON can spell greater numbers, and halves of characters."""
    if isinstance(part, str):
        return _HALF_CHARACTER.search(part) is None
    return not isinstance(part, int) or abs(part) <= _LARGEST_KEY


def _as_read(key: Key) -> Any:  # noqa: ANN401 - what the list takes for `after`
    return key[0] if len(key) == 1 else key


def _digest(query: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(query).encode()).hexdigest()[:_DIGEST_CHARS]


def _invalid(why: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.PAGE_TOKEN_INVALID,
        f"The page token {why}. Send next_page_token of the page before, or none for the first page.",
        field="page_token",
    )
