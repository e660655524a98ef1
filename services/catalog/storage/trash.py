"""Images in the trash as rows: their own stay, those of their faces are moved out of everybody's sight."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from services.catalog.people.faces import Faces
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import DAY, FACE_COLUMNS
from services.catalog.storage.paging import listed
from services.catalog.storage.statements import fetch
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS

_MOVE: Final = f"INSERT INTO trashed_face ({FACE_COLUMNS}) SELECT {FACE_COLUMNS} FROM face WHERE image_id IN ({{ids}})"  # noqa: S608
# What users said holds as long as the person is there of whom they said it.
_AS_SAID: Final = """
SELECT trashed_face.* EXCLUDE (person, pinned), coalesce(number, 0)::INTEGER AS person,
    pinned AND (trashed_face.person = 0 OR number IS NOT NULL) AS pinned
FROM trashed_face LEFT JOIN (SELECT number FROM person WHERE revision > 0) ON number = trashed_face.person
WHERE {condition}
"""
# The people layer says whose they become.
_RETURN: Final = f"INSERT INTO face ({FACE_COLUMNS}) SELECT {FACE_COLUMNS.removesuffix('person')} 0 FROM ({{said}})"  # noqa: S608 - names of ours


def trash_images(cursor: Cursor, image_ids: Collection[int], now: datetime, purge_time: datetime) -> None:
    """Note that images, which are not in the trash, are there from now on; times are naive UTC."""
    if ids := listed(image_ids):
        cursor.execute(
            f"UPDATE image SET delete_time = ?, purge_time = ? WHERE id IN ({ids})",  # noqa: S608
            [now, purge_time],
        )
        cursor.execute(_MOVE.format(ids=ids))
        cursor.execute(f"DELETE FROM face WHERE image_id IN ({ids})")  # noqa: S608


def restore_image(cursor: Cursor, image_id: int) -> Faces:
    """Take an image out of the trash; return its faces with the people of users' words; their rows are nobody's yet."""
    cursor.execute("UPDATE image SET delete_time = NULL, purge_time = NULL WHERE id = ?", [image_id])
    return take_back(cursor, f"image_id = {int(image_id)} AND NOT rejected")


def take_back(cursor: Cursor, condition: str) -> Faces:
    """Take faces out of the trash that meet a condition; return them as `restore_image` does."""
    said = _AS_SAID.format(condition=condition)
    columns = cursor.execute(
        f"SELECT face.id, image_id, quality, score, person, pinned, {DAY} AS day FROM ({said}) AS face "  # noqa: S608
        "JOIN image ON image.id = image_id ORDER BY face.id"
    ).fetchnumpy()
    embeddings = cursor.execute(f"SELECT embedding FROM trashed_face WHERE {condition} ORDER BY id").fetchall()  # noqa: S608
    joined = b"".join(embedding for (embedding,) in embeddings)
    cursor.execute(_RETURN.format(said=said))
    cursor.execute(f"DELETE FROM trashed_face WHERE {condition}")  # noqa: S608
    return Faces(
        ids=columns["id"],
        images=columns["image_id"],
        embeddings=np.frombuffer(joined, "<f4").reshape(-1, EMBEDDING_DIMENSIONS).astype(np.float32),
        quality=columns["quality"],
        scores=columns["score"],
        people=columns["person"],
        pinned=columns["pinned"],
        days=columns["day"],
    )


def among_trashed(cursor: Cursor, image_ids: Collection[int]) -> set[int]:
    """Return those of the images that are in the trash."""
    ids = listed(image_ids)
    if not ids:
        return set()
    rows = cursor.execute(f"SELECT id FROM image WHERE id IN ({ids}) AND delete_time IS NOT NULL").fetchall()  # noqa: S608
    return {int(row[0]) for row in rows}


def page_of_trash(cursor: Cursor, limit: int, now: datetime, *, due_only: bool) -> list[int]:
    """Return up to `limit` images that were in the trash `now`, naive UTC, or are due to be erased by then."""
    column = "purge_time" if due_only else "delete_time"
    select = f"SELECT id FROM image WHERE {column} <= ? ORDER BY id LIMIT ?"  # noqa: S608 - names of ours
    return [int(row[0]) for row in fetch(cursor, select, [now, limit])]


def count_trash(cursor: Cursor) -> int:
    """Return how many images are in the trash."""
    ((count,),) = fetch(cursor, "SELECT count(*) FROM image WHERE delete_time IS NOT NULL")
    return int(count)


def next_purge(cursor: Cursor) -> datetime | None:
    """Return when the next image is to be erased, naive UTC."""
    ((time,),) = fetch(cursor, "SELECT min(purge_time) FROM image WHERE delete_time IS NOT NULL")
    found: datetime | None = time
    return found


def trashed_faces_of(cursor: Cursor, people: Collection[int]) -> list[int]:
    """Return the faces in the trash that were one of these people's, ascending."""
    ids = listed(people)
    if not ids:
        return []
    rows = cursor.execute(f"SELECT id FROM trashed_face WHERE person IN ({ids}) ORDER BY id").fetchall()  # noqa: S608
    return [int(row[0]) for row in rows]


def set_trashed_owners(cursor: Cursor, owners: Mapping[int, tuple[int, bool]]) -> None:
    """Say whose faces in the trash are, by the number of a person, and whether a user put them there."""
    if owners:
        columns: Sequence[list[object]] = [list(owners), *map(list, zip(*owners.values(), strict=True))]
        cursor.execute(
            "UPDATE trashed_face SET person = said.person, pinned = said.pinned "
            "FROM (SELECT unnest(?) AS id, unnest(?) AS person, unnest(?) AS pinned) AS said "
            "WHERE trashed_face.id = said.id",
            columns,
        )
