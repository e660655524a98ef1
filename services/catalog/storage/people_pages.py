"""Pages of people, by whatever they are filtered and ordered by."""

from collections.abc import Mapping
from typing import Final

from services.catalog.expressions.order import PeopleField, PeopleOrder
from services.catalog.filters import PeopleFilter
from services.catalog.person_record import PersonRecord
from services.catalog.records import Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.patterns import like, written
from services.catalog.storage.people import PERSON_COLUMNS, person_record
from services.catalog.storage.statements import fetch

# What people are ordered by, and their id.
PersonKey = tuple[int | str, str]

_LAST_SEEN: Final = """
    LEFT JOIN (
        SELECT person, max(epoch_us(capture_time)) AS seen FROM face JOIN image ON image.id = image_id
        WHERE person <> 0 GROUP BY person
    ) ON person = number
"""
# Who has no value gets one that comes last: this in ascending order, or that in descending order.
_AFTER_ALL_NUMBERS: Final = (str(2**62), str(-(2**62)))
_VALUES: Final[Mapping[PeopleField, str]] = {
    PeopleField.FACE_COUNT: "face_count",
    PeopleField.DISPLAY_NAME: "CASE WHEN display_name = '' THEN {none} ELSE lower(display_name) END",
    PeopleField.LAST_CAPTURE_TIME: "coalesce(seen, {none})",
    PeopleField.BIRTH_DATE: "coalesce(birth_date - DATE '1970-01-01', {none})",
    # More than there are faces.
    PeopleField.FAVORITE: f"face_count + CASE WHEN favorite THEN {2**40} ELSE 0 END",
}
_NONE: Final[Mapping[PeopleField, tuple[str, str]]] = {
    PeopleField.FACE_COUNT: ("", ""),
    # No character is behind the last one, and none before the end of a text.
    PeopleField.DISPLAY_NAME: ("chr(1114111)", "''"),
    PeopleField.LAST_CAPTURE_TIME: _AFTER_ALL_NUMBERS,
    PeopleField.BIRTH_DATE: _AFTER_ALL_NUMBERS,
    PeopleField.FAVORITE: ("", ""),
}


def page_of_people(
    cursor: Cursor, people_filter: PeopleFilter, order: PeopleOrder, after: PersonKey | None, limit: int
) -> Page[PersonRecord, PersonKey]:
    """Return up to `limit` people of an order after a key; those that are equal in it follow by id."""
    conditions, values = ["face_count > 0"], dict[str, object]()
    if not people_filter.include_hidden:
        conditions.append("NOT hidden")
    if people_filter.named:
        conditions.append("display_name <> ''")
    if people_filter.favorite:
        conditions.append("favorite")
    if people_filter.name:
        conditions.append(written("display_name", "$name"))
        values["name"] = like(people_filter.name)
    behind, direction = ("<", "DESC") if order.descending else (">", "ASC")
    following = ""
    if after is not None:
        following = f"WHERE value {behind} $value OR (value = $value AND id > $id)"
        values["value"], values["id"] = after
    value = _VALUES[order.field].format(none=_NONE[order.field][order.descending])
    joined = _LAST_SEEN if order.field is PeopleField.LAST_CAPTURE_TIME else ""
    select = f"""
        SELECT * FROM (SELECT {PERSON_COLUMNS}, {value} AS value FROM person {joined} WHERE {" AND ".join(conditions)})
        {following} ORDER BY value {direction}, id LIMIT $wanted
    """  # noqa: S608 - names of ours
    rows = fetch(cursor, select, {"wanted": limit + 1, **values})
    people = tuple(person_record(row[:-1]) for row in rows[:limit])
    keys = tuple((row[-1], row[0]) for row in rows[:limit])
    return Page(people, keys, keys[-1] if len(rows) > limit else None)
