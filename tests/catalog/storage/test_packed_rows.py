"""What is packed is had again, to the last bit."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.storage.packed_rows import pack, unpack

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.datetimes(),
)


@given(st.lists(st.lists(VALUES)))
def test_rows_are_unpacked_as_they_were_packed(rows: list[list[object]]) -> None:
    assert unpack(pack(rows)) == rows


def test_a_text_that_looks_like_something_else_stays_a_text() -> None:
    rows = ['{"blob": 3}', "2024-01-01T00:00:00", datetime.fromisoformat("2024-01-01T00:00:00.000001"), b"abc", b""]
    assert unpack(pack(rows)) == rows
