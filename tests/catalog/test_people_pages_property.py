"""Lists of people are what a plain look at everybody finds, whatever they are filtered and ordered by."""

import contextlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.expressions.order import PeopleField, PeopleOrder
from services.catalog.filters import ALL_PEOPLE, PeopleFilter
from services.catalog.library import Library
from services.catalog.person_record import PersonRecord
from services.catalog.vocabulary import Exif
from tests.catalog.clustering.synthetic import analysis, direction
from tests.catalog.walking import walk

# Of each photo who is on it, and the year that it was taken in.
_PHOTOS: Final = st.lists(
    st.tuples(st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True), st.none() | st.integers(2000, 2003)),
    min_size=4,
    max_size=14,
)


@given(
    photos=_PHOTOS,
    names=st.lists(st.sampled_from(["", "Ann", "ann", "Ånn", "Bob_1", "Zoë"]), min_size=5, max_size=5),
    hidden=st.sets(st.integers(0, 4), max_size=1),
    favorites=st.sets(st.integers(0, 4)),
    births=st.lists(st.none() | st.dates(date(1900, 1, 1), date(1999, 1, 1)), min_size=5, max_size=5),
    pattern=st.sampled_from(["", "ann", "*n*", "A*", "Bob%1", "*_1"]),
    limit=st.integers(1, 3),
)
@settings(max_examples=8, deadline=None)
def test_every_order_and_filter_of_people_is_that_of_a_look_at_everybody(
    photos: list[tuple[list[int], int | None]],
    names: list[str],
    hidden: set[int],
    favorites: set[int],
    births: list[date | None],
    pattern: str,
    limit: int,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Library(Path(folder) / "a.duckdb", "a")) as library,
    ):
        for number, (who, year) in enumerate(photos):
            seen = analysis(f"p{number}", *(direction(0.01 * number, plane) for plane in who))
            time = None if year is None else datetime(year, 1, 2)  # noqa: DTZ001 - of a camera's clock
            library.add_image(replace(seen, exif=Exif(time, None, None, None, None, None)))
        for number, person in enumerate(library.list_people(limit=100).items):
            library.edits.update(
                person.id,
                display_name=names[number],
                hidden=number in hidden,
                favorite=number in favorites,
                birth_date=births[number],
            )
        everybody = library.list_people(ALL_PEOPLE, limit=100).items
        seen_last = _seen_last(library)
        values: dict[PeopleField, Callable[[PersonRecord], Any]] = {
            PeopleField.FACE_COUNT: lambda person: person.face_count,
            PeopleField.DISPLAY_NAME: lambda person: person.display_name.lower() or None,
            PeopleField.LAST_CAPTURE_TIME: lambda person: seen_last.get(person.id),
            PeopleField.BIRTH_DATE: lambda person: person.birth_date,
            PeopleField.FAVORITE: lambda person: (person.favorite, person.face_count),
        }
        assert values.keys() == set(PeopleField)
        for wanted in (
            PeopleFilter(),
            PeopleFilter(include_hidden=True, named=True),
            PeopleFilter(favorite=True),
            PeopleFilter(name=tuple(pattern.split("*")) if pattern else ()),
        ):
            expected = [person for person in everybody if _meets(person, wanted)]
            for field, value_of in values.items():
                for descending in (False, True):
                    order = PeopleOrder(field, descending)
                    found = walk(
                        lambda after, order=order, wanted=wanted: library.list_people(  # type: ignore[misc]
                            wanted, order, after=after, limit=limit
                        )
                    )
                    assert [person.id for person in found] == _ordered(expected, value_of, descending=descending)


def _seen_last(library: Library) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    for image in library.list_images(limit=100).items:
        for face in image.faces:
            time = image.exif.capture_time
            if time is not None and face.person_id:
                last[face.person_id] = max(time, last.get(face.person_id, time))
    return last


def _meets(person: PersonRecord, wanted: PeopleFilter) -> bool:
    if person.hidden and not wanted.include_hidden:
        return False
    if (wanted.named and not person.display_name) or (wanted.favorite and not person.favorite):
        return False
    pattern = re.compile(".*".join(map(re.escape, wanted.name)), re.IGNORECASE)
    return not wanted.name or bool(pattern.fullmatch(person.display_name))


def _ordered(people: list[PersonRecord], value_of: Callable[[PersonRecord], Any], *, descending: bool) -> list[str]:
    by_id = sorted(people, key=lambda person: person.id)
    valued = [person for person in by_id if value_of(person) is not None]
    # Equal ones stay in the order in which they are, even if the sort is reversed.
    valued.sort(key=value_of, reverse=descending)
    return [person.id for person in [*valued, *(person for person in by_id if value_of(person) is None)]]
