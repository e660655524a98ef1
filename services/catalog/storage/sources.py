"""Where the bytes of images are for their owners: each place holds one image at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.catalog.records import Page, SourceRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch, insert
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import Source

SOURCE_COLUMNS: Final = "id, uri, image_id, file_name, modify_time"
_UPDATE: Final = """
UPDATE source SET id = given.id, image_id = given.image_id, file_name = given.file_name,
    modify_time = given.modify_time, missing_time = NULL
FROM (SELECT unnest(?) AS uri, unnest(?) AS id, unnest(?) AS image_id, unnest(?) AS file_name,
    unnest(?::TIMESTAMP[]) AS modify_time) AS given
WHERE source.uri = given.uri
"""


@dataclass(frozen=True, slots=True)
class Placement:
    """What noting a place did.

    Attributes:
        changed: whether anything was not known before.
        previous: id of another image that the place held until now, or None.

    """

    changed: bool
    previous: int | None = None


def place_image(transaction: Transaction, image_id: int, source: Source, ids: IdCounter) -> Placement:
    """Note that `source`, which has a uri, holds an image now."""
    cursor = transaction.cursor
    modified = _modified(source)
    rows = fetch(
        cursor, "SELECT image_id, file_name, modify_time, missing_time FROM source WHERE uri = ?", [source.uri]
    )
    known = rows[0] if rows else None
    if known == (image_id, source.file_name, modified, None):
        return Placement(changed=False)
    if known is not None and known[1] not in ("", source.file_name):
        transaction.note_erasure()
    if known is not None and known[0] == image_id:
        cursor.execute(
            "UPDATE source SET file_name = ?, modify_time = ?, missing_time = NULL WHERE uri = ?",
            [source.file_name, modified, source.uri],
        )
        return Placement(changed=True)
    if known is None:
        (source_id,) = ids.take(transaction, 1)
        insert(cursor, "source", SOURCE_COLUMNS, [source_row(source_id, image_id, source)])
        return Placement(changed=True)
    # The order of ids is the order of arrival, so a place that changes hands gets a new one.
    (source_id,) = ids.take(transaction, 1)
    cursor.execute(
        "UPDATE source SET id = ?, image_id = ?, file_name = ?, modify_time = ?, missing_time = NULL WHERE uri = ?",
        [source_id, image_id, source.file_name, modified, source.uri],
    )
    return Placement(changed=True, previous=int(known[0]))


def place_images(transaction: Transaction, placed: Sequence[tuple[int, Source]], ids: IdCounter) -> dict[int, int]:
    """Note what many places, each once and with a uri, hold now.

    Returns:
        Of each image that lost a place to another one, that other image.

    """
    cursor = transaction.cursor
    uris = sorted(source.uri for _, source in placed)
    known = {
        uri: (int(source_id), int(image_id), file_name)
        for uri, source_id, image_id, file_name in fetch(
            cursor, "SELECT uri, id, image_id, file_name FROM source WHERE uri = ANY($uris)", {"uris": uris}
        )
    }
    new: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    replaced: dict[int, int] = {}
    fresh = iter(ids.take(transaction, len(placed)))
    for image_id, source in placed:
        if source.uri not in known:
            new.append(source_row(next(fresh), image_id, source))
            continue
        source_id, held, file_name = known[source.uri]
        if file_name not in ("", source.file_name):
            transaction.note_erasure()
        if held != image_id:
            replaced[held] = image_id
            source_id = next(fresh)
        changed.append((source.uri, source_id, image_id, source.file_name, _modified(source)))
    insert(cursor, "source", SOURCE_COLUMNS, new)
    if changed:
        cursor.execute(_UPDATE, [list(column) for column in zip(*changed, strict=True)])
    return replaced


def source_row(source_id: int, image_id: int, source: Source) -> tuple[object, ...]:
    """Return a place that holds nothing yet as `SOURCE_COLUMNS`."""
    return (source_id, source.uri, image_id, source.file_name, _modified(source))


def mark_unplaced(cursor: Cursor, image_id: int) -> None:
    """Note that not all places of an image are known, so that losing the known ones does not delete it."""
    cursor.execute("UPDATE image SET unplaced = true WHERE id = ? AND NOT unplaced", [image_id])


def find_sources(cursor: Cursor, uris: Collection[str]) -> dict[str, int]:
    """Return the image that each of `uris` holds, of those that are known."""
    if not uris:
        return {}
    rows = cursor.execute("SELECT uri, image_id FROM source WHERE uri IN (SELECT unnest(?))", [list(uris)]).fetchall()
    return dict(rows)


def delete_sources(cursor: Cursor, uris: Collection[str]) -> None:
    """Forget places; the images stay."""
    cursor.execute("DELETE FROM source WHERE uri IN (SELECT unnest(?))", [list(uris)])


def placeless_images(cursor: Cursor, image_ids: Collection[int]) -> list[int]:
    """Return those of the images whose places were all known, and that have none left, ascending.

    What is in the trash already needs no place.
    """
    if not image_ids:
        return []
    rows = cursor.execute(
        "SELECT id FROM image WHERE id IN (SELECT unnest(?)) AND NOT unplaced AND delete_time IS NULL "
        "AND id NOT IN (SELECT image_id FROM source) ORDER BY id",
        [list(image_ids)],
    ).fetchall()
    return [int(row[0]) for row in rows]


def page_of_sources(
    cursor: Cursor, uri_prefix: str, after: str | None, limit: int, *, missing_only: bool
) -> Page[SourceRecord, str]:
    """Return places by uri, those that begin with `uri_prefix` and come behind `after`, perhaps only missing ones."""
    condition = "missing_time IS NOT NULL" if missing_only else "true"
    rows = fetch(
        cursor,
        "SELECT uri, image_id, file_name, modify_time, missing_time FROM source "  # noqa: S608 - ours
        f"WHERE uri >= ? AND uri > ? AND starts_with(uri, ?) AND {condition} ORDER BY uri LIMIT ?",
        [uri_prefix, "" if after is None else after, uri_prefix, limit + 1],
    )
    # A join would read all images before it found the first of the page.
    held = {image_id for _, image_id, *_ in rows[:limit]}
    images = {image_id: image for image_id, *image in rows_among(cursor, "image", "sha256, size_bytes", "id", held)}
    sources = []
    for uri, image_id, file_name, modified, missing in rows[:limit]:
        sha256, size = images[image_id]
        sources.append(SourceRecord(uri, sha256, file_name, size, _aware(modified), _aware(missing)))
    keys = tuple(source.uri for source in sources)
    return Page(tuple(sources), keys, keys[-1] if len(rows) > limit else None)


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)


def _modified(source: Source) -> datetime | None:
    return None if source.modify_time is None else source.modify_time.astimezone(UTC).replace(tzinfo=None)
