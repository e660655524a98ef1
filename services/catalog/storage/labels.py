"""Labels that are on any image, a page at a time."""

from typing import Final

from services.catalog.records import LabelRecord, Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch

# A label's images are counted before it gets its name, as there are far more of them than labels.
_LABELS: Final = (
    "SELECT name, images FROM (SELECT label_id, count(*) AS images FROM image_label "
    "WHERE image_id NOT IN (SELECT id FROM image WHERE delete_time IS NOT NULL) GROUP BY label_id) "
    "JOIN label ON label.id = label_id WHERE name > ? ORDER BY name LIMIT ?"
)


def page_of_labels(cursor: Cursor, after: str | None, limit: int) -> Page[LabelRecord, str]:
    """Return the labels that any image has, by name, those that come behind `after`."""
    rows = fetch(cursor, _LABELS, ["" if after is None else after, limit + 1])
    labels = tuple(LabelRecord(*row) for row in rows[:limit])
    keys = tuple(label.label for label in labels)
    return Page(labels, keys, keys[-1] if len(rows) > limit else None)
