"""What users say of images, as rows."""

from collections import defaultdict
from collections.abc import Collection

from services.catalog.image_statements import Statements, tag_key
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import TINY_ROWS, rows_among
from services.catalog.storage.statements import fetch
from services.catalog.storage.transaction import Transaction


def read_tags(cursor: Cursor, image_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the tags of images that have some, in their order."""
    tags: dict[int, list[str]] = defaultdict(list)
    for image_id, tag in rows_among(cursor, "image_tag", "tag", "image_id", image_ids, dense=TINY_ROWS):
        tags[image_id].append(tag)
    return {image_id: tuple(sorted(found, key=tag_key)) for image_id, found in tags.items()}


def read_statements(cursor: Cursor, image_id: int) -> Statements:
    """Return what was said of an image that exists."""
    ((favorite, rating, description, tagged),) = fetch(
        cursor, "SELECT favorite, rating, description, tagged FROM image WHERE id = ?", [image_id]
    )
    tags = read_tags(cursor, [image_id]).get(image_id, ()) if tagged else ()
    return Statements(favorite, rating, description, tags)


def write_statements(transaction: Transaction, image_id: int, before: Statements, now: Statements) -> None:
    """Replace what was said of an image."""
    cursor = transaction.cursor
    transaction.note_images([image_id])
    cursor.execute(
        "UPDATE image SET favorite = ?, rating = ?, description = ?, tagged = ? WHERE id = ?",
        [now.favorite, now.rating, now.description, bool(now.tags), image_id],
    )
    if before.tags != now.tags:
        cursor.execute("DELETE FROM image_tag WHERE image_id = ?", [image_id])
        if now.tags:
            cursor.execute("INSERT INTO image_tag (image_id, tag) SELECT ?, unnest(?)", [image_id, list(now.tags)])
    if before.description not in ("", now.description) or not set(before.tags) <= set(now.tags):
        transaction.note_erasure()
