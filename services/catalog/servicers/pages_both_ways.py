"""Pages of a list that can be turned back."""

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from google.protobuf.message import Message

from services.catalog.records import Page
from services.catalog.servicers.pages import (
    ListRequest,
    PageRequest,
    decode_page_token,
    encode_page_token,
    start_of_page,
)
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError

# Tells the tokens of pages before from those of pages behind.
_BACKWARD: Final = "backward"
_Item = TypeVar("_Item")
_M = TypeVar("_M", bound=Message)


class ReadBothWays(Protocol[_Item]):
    """Reads a part of a list: what follows a key, or what is before it, the nearest first, if `backward`."""

    def __call__(self, after: Any, limit: int, *, backward: bool) -> Page[_Item, Any]:  # noqa: ANN401 - a key
        """Return up to `limit` items."""
        ...


class PageBothWays:
    """The page of a list that a request asks for, by the token of a page behind or of a page before.

    Args:
        checks: see `PageRequest`, as all others.
        request: the request.
        *query: what decides which items the list holds.
        most: how many items a page may hold.
        key_types: type of each part of the list's keys.

    """

    def __init__(
        self, checks: Checks, request: ListRequest, *query: object, most: int, key_types: tuple[type, ...]
    ) -> None:
        self._query = query
        self._is_first = not request.page_token
        self._backward = _is_backward(request.page_token, key_types, *query)
        way = (_BACKWARD,) if self._backward else ()
        self._page = PageRequest(checks, request, *query, *way, most=most, key_types=key_types)

    def fill(
        self, read: ReadBothWays[_Item], message_of: Callable[[_Item], _M], *, at_once: int
    ) -> tuple[list[_M], str, str]:
        """Return the messages of the items in the order of the list, and the tokens of next and previous page."""
        nearest: list[Any] = []

        def reading(after: Any, limit: int) -> Page[_Item, Any]:  # noqa: ANN401 - a key
            page = read(after, limit, backward=self._backward)
            nearest.extend(page.keys[:1])
            return page

        messages, token = self._page.fill(reading, message_of, at_once=at_once)
        # Whatever is on the other side of the page is beyond its nearest item.
        way = () if self._backward else (_BACKWARD,)
        other = encode_page_token(nearest[0], *self._query, *way) if messages and not self._is_first else ""
        return (messages[::-1], other, token) if self._backward else (messages, token, other)


def _is_backward(token: str, key_types: tuple[type, ...], *query: object) -> bool:
    try:
        return start_of_page(decode_page_token(token, key_types), *query, _BACKWARD) is not None
    except InvalidArgumentError:
        return False
