"""Faces as rows: written once with their image, and read as arrays."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.days import UNKNOWN_DAY
from services.catalog.people.faces import Faces
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import listed, rows_among
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, DetectedFace

FACE_COLUMNS: Final = (
    "id, image_id, score, box_left, box_top, box_width, box_height, landmarks, embedding, thumbnail, quality, drawn, "
    "pinned, person"
)
# The day on which a face's photo was taken, as `people.days` counts them.
DAY: Final = f"coalesce(capture_time::DATE - DATE '1970-01-01', {UNKNOWN_DAY})::INTEGER"
_ROWS_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face that is to be stored.

    Attributes:
        id: of the face.
        image_id: of its image.
        seen: what the detector saw of it.
        taken: day on which the photo was taken, by the camera's clock; None if it does not say.
        drawn: whether a user drew it.

    """

    id: int
    image_id: int
    seen: DetectedFace
    taken: date | None = None
    drawn: bool = False


def face_row(face: NewFace) -> tuple[object, ...]:
    """Return a face as `FACE_COLUMNS`, but for the last, its person."""
    seen, box = face.seen, face.seen.box
    return (
        face.id,
        face.image_id,
        seen.score,
        box.left,
        box.top,
        box.width,
        box.height,
        seen.landmarks.astype("<f4").tobytes(),
        seen.embedding.astype("<f4").tobytes(),
        seen.thumbnail,
        seen.quality,
        face.drawn,
        False,
    )


def read_all_faces(cursor: Cursor, after_each: Callable[[], None] = lambda: None) -> Faces:
    """Return all faces; `after_each` is called whenever a few thousand of them were read.

    Embeddings are BLOBs: 20,000 of them take 0.09 CPU s to read and join, FLOAT[512] values 2.65 s (0.22 s by
    fetchnumpy, before stacking); appending takes 0.3 s against 3.5.
    """
    columns = read_face_columns(cursor)
    return read_other_embeddings(cursor, columns, np.zeros(len(columns.ids), np.bool_), after_each)


def read_face_columns(cursor: Cursor) -> Faces:
    """Return all faces, without their embeddings."""
    columns = cursor.execute(
        f"SELECT face.id, image_id, quality, score, person, pinned, {DAY} AS day "  # noqa: S608 - ours
        "FROM face LEFT JOIN image ON image.id = image_id"
    ).fetchnumpy()
    order = np.argsort(columns["id"], kind="stable")
    return Faces(
        ids=columns["id"][order],
        images=columns["image_id"][order],
        embeddings=np.empty((0, EMBEDDING_DIMENSIONS), np.float32),
        quality=columns["quality"][order],
        scores=columns["score"][order],
        people=columns["person"][order],
        pinned=columns["pinned"][order],
        days=columns["day"][order],
    )


def read_other_embeddings(
    cursor: Cursor, faces: Faces, known: npt.NDArray[np.bool_], after_each: Callable[[], None] = lambda: None
) -> Faces:
    """Return `faces`, all of the library's, with a row of `embeddings` for each that isn't `known`, bool [n]."""
    ids = faces.ids[~known]
    found = np.empty((len(ids), EMBEDDING_DIMENSIONS), np.float32)
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        part = ids[start : start + _ROWS_AT_ONCE]
        rows = rows_among(cursor, "face", "embedding", "id", part.tolist())
        joined = b"".join(embedding for _, embedding in rows)
        places = np.searchsorted(ids, [face_id for face_id, _ in rows])
        found[places] = np.frombuffer(joined, "<f4").reshape(-1, EMBEDDING_DIMENSIONS)
        after_each()
    return replace(faces, embeddings=found)


def read_embeddings(cursor: Cursor, face_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return the embeddings of faces, float32 [n, 512].

    Raises:
        KeyError: a face is not there.

    """
    found: dict[int, bytes] = {}
    for start in range(0, len(face_ids), _ROWS_AT_ONCE):
        found |= rows_among(cursor, "face", "embedding", "id", face_ids[start : start + _ROWS_AT_ONCE].tolist())
    joined = b"".join(found[face_id] for face_id in face_ids.tolist())
    return np.frombuffer(joined, "<f4").reshape(-1, EMBEDDING_DIMENSIONS)


def existing_faces(cursor: Cursor, face_ids: Collection[int]) -> set[int]:
    """Return those of the faces that exist."""
    return {face for face, _ in rows_among(cursor, "face", "id", "id", face_ids)}


def read_face_ids(cursor: Cursor, image_ids: Collection[int]) -> list[int]:
    """Return the faces of images, ascending."""
    ids = listed(image_ids)
    if not ids:
        return []
    rows = cursor.execute(f"SELECT id FROM face WHERE image_id IN ({ids}) ORDER BY id").fetchall()  # noqa: S608
    return [int(row[0]) for row in rows]


def newest_face(cursor: Cursor) -> int:
    """Return the highest id of a face, 0 if there is none."""
    (newest,) = cursor.execute("SELECT coalesce(max(id), 0) FROM face").fetchone() or (0,)
    return int(newest)


def read_best_embeddings(cursor: Cursor, person: int, limit: int) -> npt.NDArray[np.float32]:
    """Return the embeddings of a person's faces of the best quality, float32 [n, 512], best first."""
    rows = cursor.execute(
        "SELECT embedding FROM face WHERE person = ? ORDER BY quality DESC, id LIMIT ?", [person, limit]
    ).fetchall()
    joined = b"".join(embedding for (embedding,) in rows)
    return np.frombuffer(joined, "<f4").reshape(-1, EMBEDDING_DIMENSIONS).astype(np.float32)


def best_faces(cursor: Cursor, image_ids: Collection[int]) -> dict[int, int]:
    """Return id of an image -> id of its face of the highest score, of those that have any."""
    faces = rows_among(cursor, "face", "score, id", "image_id", image_ids)
    # Of equal ones the first.
    best: dict[int, tuple[float, int]] = {}
    for image_id, score, face_id in faces:
        best[image_id] = max(best.get(image_id, (score, -face_id)), (score, -face_id))
    return {image_id: -face_id for image_id, (_, face_id) in best.items()}


def read_thumbnails(cursor: Cursor, face_ids: Collection[int]) -> dict[int, bytes]:
    """Return the thumbnail of each face that exists, JPEG."""
    return dict(rows_among(cursor, "face", "thumbnail", "id", face_ids))
