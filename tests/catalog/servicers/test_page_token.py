import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.servicers.page_token import decode_page_token, encode_page_token
from services.common.errors import InvalidArgumentError, Reason

KEYS = st.tuples(st.integers(-(2**60), 2**60), st.text(max_size=20))


@given(key=KEYS, query=st.text())
def test_a_token_brings_its_key_back(key: tuple[int, str], query: str) -> None:
    assert decode_page_token(encode_page_token(key, query), [int, str], query) == key


def test_no_token_is_the_first_page() -> None:
    assert decode_page_token("", [int]) is None


def test_a_token_of_another_query_is_refused() -> None:
    token = encode_page_token([5], "images", "default")
    with pytest.raises(InvalidArgumentError) as caught:
        decode_page_token(token, [int], "images", "family")
    assert (caught.value.reason, caught.value.field) == (Reason.PAGE_TOKEN_INVALID, "page_token")


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_refused(token: str) -> None:
    if token:
        with pytest.raises(InvalidArgumentError):
            decode_page_token(token, [int], "query")


@pytest.mark.parametrize("key", [["5"], [True], [5, 6], []])
def test_a_key_of_another_shape_is_refused(key: list[int | str]) -> None:
    with pytest.raises(InvalidArgumentError):
        decode_page_token(encode_page_token(key, "query"), [int], "query")
