"""Lists of a catalog, page after page, and what messages ask for by masks."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask

CALL_SECONDS: Final = 30.0


class _ListRequest(Protocol):
    page_token: str


class _AnyPage(Protocol):
    next_page_token: str


_Page = TypeVar("_Page", bound=_AnyPage)


def pages(call: Callable[..., _Page], request: _ListRequest) -> Iterator[_Page]:
    """Yield the pages of a list from the one that `request` asks for."""
    while True:
        page = call(request, timeout=CALL_SECONDS)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def mask(fields: tuple[str, ...]) -> FieldMask | None:
    """Return the mask of some fields; None, which means all of them, if there are none."""
    return FieldMask(paths=fields) if fields else None
