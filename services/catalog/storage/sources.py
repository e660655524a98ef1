"""Where images came from."""

from services.catalog.storage.database import Cursor
from services.catalog.storage.id_counter import IdCounter
from services.common.limits import MAX_SOURCES_PER_IMAGE


def add_source_row(cursor: Cursor, image_id: int, uri: str, ids: IdCounter) -> None:
    """Note that an image came from `uri`; an empty one says nothing.

    A uri belongs to the image that came from it last, for its file has changed since.
    """
    if not uri:
        return
    row = cursor.execute("SELECT image_id FROM source WHERE uri = ?", [uri]).fetchone()
    if row is None:
        (source_id,) = ids.take(cursor, 1)
        cursor.execute("INSERT INTO source VALUES (?, ?, ?)", [source_id, uri, image_id])
    elif row[0] != image_id:
        (source_id,) = ids.take(cursor, 1)
        cursor.execute("UPDATE source SET id = ?, image_id = ? WHERE uri = ?", [source_id, image_id, uri])


def trim_sources(cursor: Cursor, image_id: int) -> None:
    """Forget the oldest sources of an image that has more than MAX_SOURCES_PER_IMAGE."""
    cursor.execute(
        "DELETE FROM source WHERE uri IN (SELECT uri FROM source WHERE image_id = ? ORDER BY id DESC OFFSET ?)",
        [image_id, MAX_SOURCES_PER_IMAGE],
    )
