"""Images of albums as rows: which are in which, and in what order.

Ranks are far apart, so that an image comes between two others by a row of its own. Where there is no room any more, all
images of the album get new ranks.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.events import Resource
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import fetch, insert, run
from services.catalog.storage.transaction import Transaction
from services.common.limits import MAX_ALBUMS_PER_IMAGE

GAP: Final = 2**32
# A rank is a key of pages, whose reverse has to fit as well.
_FARTHEST: Final = 2**62
_NUMBERS: Final = "SELECT image_id, rank FROM album_image WHERE album = ?"
_RENUMBER: Final = """
UPDATE album_image SET rank = s.place * ? FROM (
    SELECT image_id, row_number() OVER (ORDER BY rank) AS place FROM album_image
    WHERE album = ? AND NOT list_contains(?, image_id)
) AS s WHERE album_image.album = ? AND album_image.image_id = s.image_id
"""
_CONTENTS: Final = """
SELECT album, count(*), arg_min(image_id, rank) FROM album_image JOIN image ON id = image_id
WHERE album = ANY(?) AND delete_time IS NULL GROUP BY album
"""
_OF_IMAGES: Final = """
SELECT image_id, id FROM album_image JOIN album ON number = album WHERE image_id = ANY(?)
QUALIFY row_number() OVER (PARTITION BY image_id ORDER BY number) <= ? ORDER BY number
"""


def images_in_order(cursor: Cursor, album: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the images of an album, in no order, and their ranks."""
    found = run(cursor, _NUMBERS, [album]).fetchnumpy()
    return np.asarray(found["image_id"], np.int64), np.asarray(found["rank"], np.int64)


def read_contents(cursor: Cursor, albums: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return of albums that aren't empty how many images they hold, and the first one, without those in the trash."""
    return {album: (count, first) for album, count, first in fetch(cursor, _CONTENTS, [list(albums)])}


def count_places(cursor: Cursor, album: int) -> int:
    """Return how many images an album holds, those in the trash included."""
    ((count,),) = fetch(cursor, "SELECT count(*) FROM album_image WHERE album = ?", [album])
    return int(count)


def ranks_of(cursor: Cursor, album: int, image_ids: Collection[int]) -> dict[int, int]:
    """Return id -> rank, of those of the images that are in an album."""
    return dict(fetch(cursor, f"{_NUMBERS} AND image_id = ANY(?)", [album, list(image_ids)]))


def insert_places(cursor: Cursor, album: int, ranks: Mapping[int, int]) -> None:
    """Put images, id -> rank, into an album in which they are not."""
    insert(cursor, "album_image", "album, image_id, rank", [(album, *place) for place in ranks.items()])


def move_places(cursor: Cursor, album: int, ranks: Mapping[int, int]) -> None:
    """Give images of an album, id -> rank, another place."""
    cursor.execute(
        "UPDATE album_image SET rank = s.rank FROM (SELECT unnest(?) AS image_id, unnest(?) AS rank) AS s "
        "WHERE album_image.album = ? AND album_image.image_id = s.image_id",
        [list(ranks), list(ranks.values()), album],
    )


def delete_places(cursor: Cursor, album: int, image_ids: Collection[int] | None = None) -> None:
    """Take images out of an album; by default all."""
    if image_ids is None:
        cursor.execute("DELETE FROM album_image WHERE album = ?", [album])
    else:
        cursor.execute("DELETE FROM album_image WHERE album = ? AND image_id = ANY(?)", [album, list(image_ids)])


def ranks_beside(
    cursor: Cursor, album: int, rank: int | None, *, before: bool, without: Collection[int]
) -> tuple[int | None, int | None]:
    """Return the ranks between which images go before or after another one; None where there is no end.

    Args:
        cursor: of a write.
        album: number of the album.
        rank: of the other image; None for the end of the album.
        before: whether they go before it.
        without: images that don't count, as they are moved.

    """
    if rank is None:
        beside, condition = "max(rank)", "true"
    elif before:
        beside, condition = "max(rank)", f"rank < {int(rank)}"
    else:
        beside, condition = "min(rank)", f"rank > {int(rank)}"
    ((found,),) = cursor.execute(
        f"SELECT {beside} FROM album_image WHERE album = ? AND NOT list_contains(?, image_id) AND {condition}",  # noqa: S608
        [album, list(without)],
    ).fetchall()
    return (rank, found) if rank is not None and not before else (found, rank)


def renumber(cursor: Cursor, album: int, without: Collection[int]) -> None:
    """Make room between the images of an album, but for those that are about to be moved."""
    cursor.execute(_RENUMBER, [GAP, album, list(without), album])


def take_places(transaction: Transaction, old_image: int, new_image: int) -> None:
    """Put an image into the place of another one in all albums, and on their covers; where it is already, it stays."""
    moved = transaction.cursor.execute(
        "UPDATE album_image SET image_id = ? WHERE image_id = ? "
        "AND album NOT IN (SELECT album FROM album_image WHERE image_id = ?) RETURNING album",
        [new_image, old_image, new_image],
    ).fetchall()
    covers = transaction.cursor.execute(
        "UPDATE album SET cover_image_id = ? WHERE cover_image_id = ? RETURNING number", [new_image, old_image]
    ).fetchall()
    # Nothing that is told of either image says so.
    transaction.note(Resource.ALBUM, [album for (album,) in (*moved, *covers)])


def is_collected(cursor: Cursor, image_id: int) -> bool:
    """Return whether a user has put an image into an album."""
    return bool(fetch(cursor, "SELECT 1 FROM album_image WHERE image_id = ? LIMIT 1", [image_id]))


def albums_of_images(cursor: Cursor, image_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the ids of the albums that hold each image, the first created, at most a hundred of each."""
    albums: dict[int, list[str]] = {}
    for image_id, album_id in fetch(cursor, _OF_IMAGES, [list(image_ids), MAX_ALBUMS_PER_IMAGE]):
        albums.setdefault(image_id, []).append(album_id)
    return albums


def spread(low: int | None, high: int | None, count: int) -> Sequence[int] | None:
    """Return `count` ranks between two, ascending; None if there is no room for them."""
    if low is not None and high is not None:
        step = (high - low) // (count + 1)
        return None if step == 0 else range(low + step, low + step * count + 1, step)
    if high is not None:
        low = high - GAP * (count + 1)
    elif low is None:
        low = 0
    ranks = range(low + GAP, low + GAP * count + 1, GAP)
    return ranks if ranks[0] > -_FARTHEST and ranks[-1] < _FARTHEST else None
