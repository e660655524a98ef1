"""Places in a folder as rows, and whether their files are missing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.catalog.events import Resource
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch, run
from services.catalog.storage.transaction import Transaction

# Bounds instead of a prefix, so that the index or the statistics of blocks can serve: "0" follows "/".
_INSIDE: Final = "uri > $low AND uri < $high"
_PAGE: Final = (
    "SELECT source.uri, source.image_id, image.size_bytes, epoch_us(source.modify_time), epoch_us(source.missing_time) "  # noqa: S608 - names of ours
    f"FROM source JOIN image ON image.id = source.image_id WHERE {_INSIDE} ORDER BY source.uri LIMIT $limit"
)


class KnownPlace(NamedTuple):
    """A place in a folder, and what is known of its file.

    Attributes:
        uri: of the place.
        image_id: that it holds.
        size_bytes: of the image's file.
        modify_micros: when the file was last modified, in microseconds since 1970; None if nobody said.
        missing_micros: since when it is missing, likewise; None if it is not.

    """

    uri: str
    image_id: int
    size_bytes: int
    modify_micros: int | None
    missing_micros: int | None


def page_of_places(cursor: Cursor, root_uri: str, after: str | None, limit: int) -> list[KnownPlace]:
    """Return up to `limit` places below a folder by uri, those behind `after`."""
    values = {"low": after or f"{root_uri}/", "high": f"{root_uri}0", "limit": limit}
    return [KnownPlace._make(row) for row in fetch(cursor, _PAGE, values)]


def has_places(cursor: Cursor, root_uri: str) -> bool:
    """Return whether any place below a folder is known."""
    values = {"low": f"{root_uri}/", "high": f"{root_uri}0"}
    return bool(fetch(cursor, f"SELECT 1 FROM source WHERE {_INSIDE} LIMIT 1", values))  # noqa: S608 - names of ours


def sizes_of_images(cursor: Cursor, sizes: Collection[int]) -> set[int]:
    """Return those of the sizes that the files of images have."""
    select = "SELECT DISTINCT size_bytes FROM image WHERE size_bytes = ANY($sizes)"
    return {int(size) for (size,) in fetch(cursor, select, {"sizes": sorted(set(sizes))})}


def mark_missing(transaction: Transaction, uris: Sequence[str], since: datetime | None) -> None:
    """Note since when files are missing that were not until now, naive UTC; None for those that are back."""
    condition = "IS NOT NULL" if since is None else "IS NULL"
    changed = run(
        transaction.cursor,
        f"UPDATE source SET missing_time = $since WHERE uri = ANY($uris) AND missing_time {condition} "  # noqa: S608
        "RETURNING image_id",
        {"since": since, "uris": list(uris)},
    ).fetchall()
    # No column of images tells it, nor their etag: it is no change that anybody made.
    transaction.note(Resource.IMAGE, {int(image_id) for (image_id,) in changed})
