"""Which images are on a page."""

from typing import Final

from services.catalog.filters import ImageFilter
from services.catalog.records import LabelRecord, Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.paging import page_of_images
from services.catalog.storage.people import find_person_number
from services.catalog.storage.statements import fetch

# DuckDB skips what lies outside of a closed range; above an open one it sorts all there is for the first few images.
# Most labels are on so many of them that a page is found at once; several together need a wider look.
SPANS: Final = (4_096, 20_480)
_RANGE: Final = "image_id > $low AND image_id <= $high"
_OF_PERSON: Final = f"SELECT image_id FROM face WHERE person = $person AND {_RANGE}"  # noqa: S608 - names of ours

# A label's images are counted before it gets its name, as there are far more of them than labels.
_LABELS: Final = (
    "SELECT name, images FROM (SELECT label_id, count(*) AS images FROM image_label GROUP BY label_id) "
    "JOIN label ON label.id = label_id WHERE name > ? ORDER BY name LIMIT ?"
)


def page_of_labels(cursor: Cursor, after: str | None, limit: int) -> Page[LabelRecord, str]:
    """Return the labels that any image has, by name, those that come behind `after`."""
    rows = fetch(cursor, _LABELS, ["" if after is None else after, limit + 1])
    labels = tuple(LabelRecord(*row) for row in rows[:limit])
    keys = tuple(label.label for label in labels)
    return Page(labels, keys, keys[-1] if len(rows) > limit else None)


def page_of_matches(cursor: Cursor, known: Known, image_filter: ImageFilter, low: int, wanted: int) -> list[int]:
    """Return the ids of up to `wanted` images above the id `low` that meet a filter with any condition, ascending."""
    select, grouping = _OF_PERSON, "GROUP BY image_id"
    values: dict[str, object] = {}
    spans: tuple[int, ...] = ()
    if image_filter.person_id is not None:
        values["person"] = find_person_number(cursor, image_filter.person_id)
        if values["person"] is None:
            return []
    if image_filter.labels:
        labels = known.label_ids(cursor, image_filter.labels)
        if labels is None:
            return []
        parameters = {f"label{position}": label for position, label in enumerate(labels)}
        among = ", ".join(f"${name}" for name in parameters)
        select = f"SELECT image_id FROM image_label WHERE label_id IN ({among}) AND {_RANGE}"  # noqa: S608
        if "person" in values:
            select += f" AND image_id IN ({_OF_PERSON})"
        grouping, spans = "", SPANS
        if len(labels) > 1:
            grouping, spans = f"GROUP BY image_id HAVING count(*) = {len(labels)}", SPANS[1:]
        values |= parameters
    return page_of_images(cursor, select, grouping, values, low, wanted, spans=spans)
