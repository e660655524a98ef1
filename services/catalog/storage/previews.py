"""Previews of images as rows: written once with their image."""

from collections.abc import Collection
from typing import Final

from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among
from services.catalog.vocabulary import Preview

PREVIEW_COLUMNS: Final = "image_id, width, height, content"


def preview_row(image_id: int, preview: Preview) -> tuple[object, ...]:
    """Return a preview as `PREVIEW_COLUMNS`."""
    return (image_id, preview.width, preview.height, preview.content)


def read_previews(cursor: Cursor, image_ids: Collection[int]) -> dict[int, Preview]:
    """Return image -> preview, of those that have one."""
    rows = rows_among(cursor, "preview", "width, height, content", "image_id", image_ids)
    return {image_id: Preview(width, height, content) for image_id, width, height, content in rows}
