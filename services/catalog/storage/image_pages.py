"""Which images are on a page."""

from typing import Final

from services.catalog.filters import ImageFilter
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.paging import page_of_images
from services.catalog.storage.people import find_person_number

# DuckDB skips what lies outside of a closed range; above an open one it sorts all there is for the first few images.
# Most labels are on so many of them that a page is found at once; several together need a wider look.
SPANS: Final = (4_096, 20_480)
_RANGE: Final = "image_id > $low AND image_id <= $high"
_OF_PERSON: Final = f"SELECT image_id FROM face WHERE person = $person AND {_RANGE}"  # noqa: S608 - names of ours


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
