from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.edits.payload import EditPayload, FaceState, PersonState
from services.catalog.edits.record import PersonChange

ids = st.text(st.characters(codec="utf-8"), max_size=12)
times = st.datetimes(min_value=datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None))
pairs = st.lists(st.tuples(ids, ids), max_size=3).map(tuple)
counts = st.integers(0, 2**40)


@given(
    st.builds(
        EditPayload,
        subject=ids,
        faces=st.dictionaries(st.integers(1, 2**60), st.builds(FaceState, ids, st.booleans())),
        takers=st.frozensets(ids, max_size=3),
        before=st.lists(st.builds(PersonState, ids, ids, st.booleans(), counts, times, times), max_size=3).map(tuple),
        after=st.dictionaries(ids, st.tuples(ids, st.booleans()), max_size=3),
        parted=pairs,
        reconciled=pairs,
        last_face=counts,
        changes=st.lists(st.builds(PersonChange, ids, ids, ids, counts, counts), max_size=3).map(tuple),
        person_count=counts,
        face_count=counts,
    )
)
def test_what_is_stored_is_what_is_read(payload: EditPayload) -> None:
    assert EditPayload.from_bytes(payload.to_bytes()) == payload


def test_a_large_edit_is_small() -> None:
    payload = EditPayload(
        subject="a",
        faces={7 * face: FaceState("b", pinned=False) for face in range(250_000)},
        takers=frozenset(),
        before=(),
        after={},
        parted=(),
        reconciled=(),
        last_face=0,
        changes=(),
        person_count=0,
        face_count=0,
    )
    assert len(payload.to_bytes()) < 50_000
