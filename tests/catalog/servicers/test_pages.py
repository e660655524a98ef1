import base64
import json
import string
from dataclasses import dataclass

import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.filters import ImageFilter
from services.catalog.records import Page
from services.catalog.servicers.pages import (
    PageRequest,
    decode_page_token,
    encode_page_token,
    fit_answer,
    page_size,
    start_of_page,
)
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_PAGE_BYTES

KEYS = st.tuples(st.integers(-(2**60), 2**60), st.text(max_size=20), st.floats(allow_nan=False))


@given(key=KEYS, query=st.text())
def test_a_token_brings_its_key_back(key: tuple[int, str, float], query: str) -> None:
    token = decode_page_token(encode_page_token(key, query), (int, str, float))
    assert start_of_page(token, query) == key


def test_no_token_is_the_first_page() -> None:
    assert start_of_page(decode_page_token("", (int,))) is None


@pytest.mark.parametrize(
    "other", [("images", "family", ImageFilter()), ("images", "default", ImageFilter(person_id="x")), ("faces",)]
)
def test_a_token_of_another_query_is_refused(other: tuple[object, ...]) -> None:
    token = decode_page_token(encode_page_token((5,), "images", "default", ImageFilter()), (int,))
    with pytest.raises(InvalidArgumentError, match="belongs to another request") as caught:
        start_of_page(token, *other)
    assert (caught.value.reason, caught.value.field) == (Reason.PAGE_TOKEN_INVALID, "page_token")


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_refused(token: str) -> None:
    if token:
        with pytest.raises(InvalidArgumentError):
            decode_page_token(token, (int,))


def _spelled(body: str) -> str:
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def test_a_token_has_one_spelling() -> None:
    token = encode_page_token((-5, "a"), "query")
    digest = json.loads(base64.urlsafe_b64decode(token + "=="))[0]
    assert token == _spelled(f'["{digest}",-5,"a"]')
    # Two bits of the last character carry nothing.
    last = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    odd = token[:-1] + last[last.index(token[-1]) + 1]
    assert base64.urlsafe_b64decode(odd + "==") == base64.urlsafe_b64decode(token + "==")
    others = [f'["{digest}", -5,"a"]', f'["{digest}",-5,"\\u0061"]', f' ["{digest}",-5,"a"]']
    for other in (odd, token + "=", *map(_spelled, others)):
        with pytest.raises(InvalidArgumentError, match="is not one that this service made") as caught:
            decode_page_token(other, (int, str))
        assert (caught.value.reason, caught.value.field) == (Reason.PAGE_TOKEN_INVALID, "page_token")


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**400])
def test_a_key_that_no_row_can_have_is_refused(number: int) -> None:
    with pytest.raises(InvalidArgumentError, match="is not one that this service made") as caught:
        decode_page_token(encode_page_token((number,), "query"), (int,))
    assert (caught.value.reason, caught.value.field) == (Reason.PAGE_TOKEN_INVALID, "page_token")


@pytest.mark.parametrize("key", [("5",), (True,), (5, 6), ()])
def test_a_key_of_another_shape_is_refused(key: tuple[int | str, ...]) -> None:
    with pytest.raises(InvalidArgumentError):
        decode_page_token(encode_page_token(key, "query"), (int,))


@pytest.mark.parametrize("half", ["\ud800", "a\udfff"])
def test_a_key_with_half_a_character_is_refused(half: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        decode_page_token(encode_page_token((half,), "a"), (str,))
    assert caught.value.reason is Reason.PAGE_TOKEN_INVALID


def test_a_token_that_no_key_is_long_enough_for_is_refused_undecoded() -> None:
    with pytest.raises(InvalidArgumentError, match="is not one that this service made"):
        decode_page_token("a" * 1_000_000, (int,))


def test_a_negative_page_size_is_refused_with_its_bounds() -> None:
    with pytest.raises(InvalidArgumentError, match="Ask for 1 to 500; 0 means 50") as caught:
        page_size(-1, 500)
    assert caught.value.metadata == {"limit": "500", "value": "-1"}
    assert [page_size(requested, 500) for requested in (0, 1, 500, 501)] == [50, 1, 500, 500]


@dataclass
class Request:
    page_size: int
    page_token: str = ""


def pages_of(sizes: list[int], page_size: int, *, at_once: int = 3) -> list[list[int]]:
    """Walk through a list whose items take so many bytes, and return the positions on each page."""

    def read(after: int | None, limit: int) -> Page[int, int]:
        start = 0 if after is None else after + 1
        found = tuple(range(start, min(start + limit, len(sizes))))
        return Page(found, found, found[-1] if start + limit < len(sizes) else None)

    pages, token = [], ""
    while True:
        checks = Checks()
        request = PageRequest(checks, Request(page_size, token), "query", most=500)
        checks.done()
        sent: list[int] = []

        def message_of(item: int, sent: list[int] = sent) -> BytesValue:
            sent.append(item)
            return BytesValue(value=bytes(sizes[item]))

        messages, token = request.fill(read, message_of, at_once=at_once)
        assert sum(message.ByteSize() for message in messages) < MAX_PAGE_BYTES or len(messages) == 1
        pages.append(sent[: len(messages)])
        if not token:
            return pages


MB = 1_000_000


def test_a_page_ends_where_it_would_grow_too_large_and_the_next_goes_on() -> None:
    assert pages_of([MB] * 7, 50) == [[0, 1, 2], [3, 4, 5], [6]]
    assert pages_of([MB, 10, 10, 2 * MB, MB], 50) == [[0, 1, 2, 3], [4]]


def test_an_item_larger_than_a_page_does_not_block_the_list() -> None:
    assert pages_of([10, 5 * MB, 10, 9 * MB, 9 * MB], 50) == [[0], [1], [2], [3], [4]]


@given(st.lists(st.sampled_from([0, 10, MB, 3 * MB]), max_size=12), st.integers(1, 13), st.integers(1, 13))
def test_every_item_is_sent_once_and_in_order(sizes: list[int], page_size: int, at_once: int) -> None:
    pages = pages_of(sizes, page_size, at_once=at_once)
    assert [item for page in pages for item in page] == list(range(len(sizes)))
    assert all(len(page) <= page_size for page in pages)
    if sum(sizes) < MB:
        assert len(pages) == max(1, -(-len(sizes) // page_size))


def test_lists_that_are_too_large_together_are_cut_to_the_same_length() -> None:
    def lists(*counts: int) -> list[list[BytesValue]]:
        return [[BytesValue(value=bytes(MB // 10))] * count for count in counts]

    assert [len(one) for one in fit_answer(lists(3, 0, 20))] == [3, 0, 20]
    assert [len(one) for one in fit_answer(lists(40, 2, 40))] == [13, 2, 13]
    assert fit_answer([]) == []
