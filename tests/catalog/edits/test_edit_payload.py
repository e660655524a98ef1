import json
import zlib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.edits.payload import EditPayload
from services.catalog.edits.record import PersonChange
from services.catalog.person_record import PersonRecord
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.face_owners import FaceOwner

ids = st.text(st.characters(codec="utf-8"), max_size=12)
times = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
pairs = st.lists(st.tuples(ids, ids), max_size=3).map(tuple)
counts = st.integers(0, 2**40)
dates = st.none() | st.dates()
said = st.builds(PersonStatements, ids, st.booleans(), st.booleans(), dates, counts)
people = st.builds(
    PersonRecord,
    id=ids,
    number=st.just(0),
    display_name=ids,
    hidden=st.booleans(),
    revision=counts,
    cover_face_id=st.just(0),
    face_count=st.just(0),
    image_count=st.just(0),
    create_time=times,
    update_time=times,
    favorite=st.booleans(),
    birth_date=dates,
    chosen_cover_id=counts,
)


@given(
    st.builds(
        EditPayload,
        subject=ids,
        faces=st.dictionaries(st.integers(1, 2**60), st.builds(FaceOwner, ids, st.booleans())),
        gaining=st.frozensets(ids, max_size=3),
        before=st.lists(people, max_size=3).map(tuple),
        after=st.dictionaries(ids, said, max_size=3),
        parted=pairs,
        reconciled=pairs,
        last_face=counts,
        changes=st.lists(st.builds(PersonChange, ids, counts, counts, said, said), max_size=3).map(tuple),
        person_count=counts,
        face_count=counts,
        stand_ins=st.frozensets(counts, max_size=3),
        beside=st.frozensets(counts, max_size=3),
    )
)
def test_what_is_stored_is_what_is_read(payload: EditPayload) -> None:
    assert EditPayload.from_bytes(payload.to_bytes()) == payload


def test_what_was_stored_before_people_had_birth_dates_is_read() -> None:
    document = {
        "version": 1, "subject": "a", "faces": [], "owners": [], "owned_by": [], "pinned": [], "takers": [],
        "before": [["a", "Ann", True, 3, "2026-01-01T00:00:00", "2026-01-02T00:00:00"]],
        "after": {"a": ["Bob", False]},
        "parted": [], "reconciled": [], "last_face": 0,
        "changes": [["a", "Ann", "Bob", 2, 2, True, False], ["b", "", "Cat", 0, 1]],
        "person_count": 2, "face_count": 0,
    }  # fmt: skip
    payload = EditPayload.from_bytes(zlib.compress(json.dumps(document).encode()))
    (before,) = payload.before
    assert (before.said, payload.after) == (PersonStatements("Ann", hidden=True), {"a": PersonStatements("Bob")})
    assert payload.changes == (
        PersonChange("a", 2, 2, PersonStatements("Ann", hidden=True), PersonStatements("Bob")),
        PersonChange("b", 0, 1, PersonStatements(), PersonStatements("Cat")),
    )
    assert payload.named == {"a", "b"}


def test_a_large_edit_is_small() -> None:
    payload = EditPayload(
        subject="a",
        faces={7 * face: FaceOwner("b", pinned=False) for face in range(250_000)},
        gaining=frozenset(),
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
