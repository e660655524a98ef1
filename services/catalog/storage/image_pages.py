"""Which images are on a page."""

from collections.abc import Sequence
from typing import Final

from services.catalog.filters import ImageFilter
from services.catalog.records import LabelRecord, Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.people import find_person_size
from services.catalog.storage.statements import fetch

# So few faces are sorted here: to group and to sort them there takes longer than to find them.
_FEW_FACES: Final = 500
_OF_PERSON: Final = "SELECT image_id FROM face WHERE person = ?"
_SOME_OF_PERSON: Final = f"{_OF_PERSON} AND image_id > ? GROUP BY image_id ORDER BY image_id LIMIT ?"

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
    """Return the ids of up to `wanted` images above the id `low` that meet a filter with any condition, ascending.

    Some may have no rows, while there are others behind them.
    """
    labels = known.label_ids(cursor, image_filter.labels)
    if labels is None:
        return []
    if image_filter.person_id is None:
        return known.by_label.find(cursor, labels, low, wanted)
    person = find_person_size(cursor, image_filter.person_id)
    if person is None:
        return []
    number, faces = person
    if faces <= _FEW_FACES:
        images = sorted({image_id for (image_id,) in fetch(cursor, _OF_PERSON, [number]) if image_id > low})
        return _holding(cursor, known, labels, images)[:wanted]
    found: list[int] = []
    size = wanted if not labels else _FEW_FACES
    while len(found) < wanted:
        images = [image_id for (image_id,) in fetch(cursor, _SOME_OF_PERSON, [number, low, size])]
        found += _holding(cursor, known, labels, images)
        if len(images) < size:
            break
        low = images[-1]
    return found[:wanted]


def _holding(cursor: Cursor, known: Known, labels: Sequence[int], images: list[int]) -> list[int]:
    return known.by_label.holding(cursor, labels, images) if labels else images
