"""What the files of images are called at their newest places, in any case."""

from collections.abc import Collection
from typing import Final

from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch
from services.common.limits import MAX_SOURCES_PER_IMAGE

# As in `image_records`: a place without a name says nothing, and an image without a place has its first name.
_NAMES: Final = f"""
    SELECT image.id, coalesce(newest.file_name, image.file_name)
    FROM image LEFT JOIN (
        SELECT image_id, arg_max(file_name, id) AS file_name FROM (
            SELECT id, image_id, file_name FROM source WHERE {{sources}}
            QUALIFY row_number() OVER (PARTITION BY image_id ORDER BY id DESC) <= {MAX_SOURCES_PER_IMAGE}
        ) WHERE file_name <> '' GROUP BY image_id
    ) AS newest ON newest.image_id = image.id
    WHERE {{images}}
"""  # noqa: S608 - a number of ours


def read_names(cursor: Cursor, first: int | None, others: Collection[int]) -> dict[int, str]:
    """Return id -> name of the images from the id `first` on, if any, and of some others, of those that exist."""
    names: dict[int, str] = {}
    if first is not None:
        select = _NAMES.format(sources="image_id >= $first", images="image.id >= $first")
        names.update(fetch(cursor, select, {"first": first}))
    if others:
        select = _NAMES.format(sources="image_id = ANY($ids)", images="image.id = ANY($ids)")
        names.update(fetch(cursor, select, {"ids": sorted(others)}))
    return {image_id: name.casefold() for image_id, name in names.items()}
