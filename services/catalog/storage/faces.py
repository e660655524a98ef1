"""Faces as rows: written once with their image, read as records and as arrays."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.filters import FaceFilter
from services.catalog.people.faces import Faces
from services.catalog.people.roster import NOBODY
from services.catalog.records import FaceRecord
from services.catalog.storage.database import Cursor
from services.catalog.storage.images import find_image_id
from services.catalog.storage.paging import listed, page_of_ids
from services.catalog.storage.people import find_person_number, read_person_ids
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, Box, DetectedFace

_INSERT: Final = (
    "INSERT INTO face (id, image_id, person, score, box_left, box_top, box_width, box_height, landmarks, embedding, "
    "thumbnail, quality, pinned) VALUES "
)
_VALUES: Final = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)"
_ROWS_AT_ONCE: Final = 4096
# {0} and {1} are the columns of the embedding and the thumbnail, or NULL where they are not wanted.
_SELECT: Final = (
    "SELECT id, image_id, person, box_left, box_top, box_width, box_height, landmarks, score, quality, pinned, "
    "{0}, {1} FROM face"
)


def insert_faces(
    cursor: Cursor, image_id: int, face_ids: Sequence[int], people: Sequence[int], *, faces: Sequence[DetectedFace]
) -> None:
    """Insert the faces of an image, each with its person's number or 0."""
    if not faces:
        return
    values: list[object] = []
    for face_id, person, face in zip(face_ids, people, faces, strict=True):
        box = face.box
        values += [face_id, image_id, person, face.score, box.left, box.top, box.width, box.height]
        values += [face.landmarks.astype("<f4").tobytes(), face.embedding.astype("<f4").tobytes(), face.thumbnail]
        values += [face.quality]
    cursor.execute(_INSERT + ", ".join([_VALUES] * len(faces)), values)


def read_all_faces(cursor: Cursor) -> Faces:
    """Return all faces.

    Embeddings are BLOBs: 20,000 of them take 0.09 CPU s to read and join, FLOAT[512] values 2.65 s (0.22 s by
    fetchnumpy, before stacking); appending takes 0.3 s against 3.5.
    """
    (count,) = cursor.execute("SELECT count(*) FROM face").fetchone() or (0,)
    faces = Faces(
        ids=np.empty(count, np.int64),
        images=np.empty(count, np.int64),
        embeddings=np.empty((count, EMBEDDING_DIMENSIONS), np.float32),
        quality=np.empty(count),
        people=np.empty(count, np.int32),
        pinned=np.empty(count, np.bool_),
    )
    cursor.execute("SELECT id, image_id, quality, person, pinned, embedding FROM face")
    filled = 0
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        part = slice(filled, filled + len(rows))
        ids, images, quality, people, pinned, embeddings = zip(*rows, strict=True)
        faces.ids[part], faces.images[part], faces.quality[part] = ids, images, quality
        faces.people[part], faces.pinned[part] = people, pinned
        faces.embeddings[part] = np.frombuffer(b"".join(embeddings), "<f4").reshape(len(rows), EMBEDDING_DIMENSIONS)
        filled += len(rows)
    return faces if (faces.ids[1:] > faces.ids[:-1]).all() else faces.sorted()


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


def page_of_faces(
    cursor: Cursor, face_filter: FaceFilter, after: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Return the ids of up to `limit` faces above the id `after`, ascending, and the next `after`."""
    conditions, values = ["true"], {}
    if face_filter.person_id is not None:
        person = find_person_number(cursor, face_filter.person_id)
        if person is None:
            return [], None
        conditions.append("person = $person")
        values["person"] = person
    if face_filter.image_sha256 is not None:
        image_id = find_image_id(cursor, face_filter.image_sha256)
        if image_id is None:
            return [], None
        conditions.append("image_id = $image_id")
        values["image_id"] = image_id
    if face_filter.ungrouped:
        conditions.append(f"person = {NOBODY}")
    return page_of_ids(cursor, "face", " AND ".join(conditions), values, after, limit)


def read_faces(
    cursor: Cursor, face_ids: Sequence[int], space: str, *, with_embedding: bool = False, with_thumbnail: bool = False
) -> tuple[FaceRecord, ...]:
    """Return faces in ascending order of their ids."""
    if not face_ids:
        return ()
    select = _SELECT.format("embedding" if with_embedding else "NULL", "thumbnail" if with_thumbnail else "NULL")
    rows = cursor.execute(f"{select} WHERE id IN ({listed(face_ids)}) ORDER BY id").fetchall()
    return tuple(face for _, face in _faces(cursor, rows, space))


def read_thumbnails(cursor: Cursor, face_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the thumbnail of each face that exists, JPEG."""
    if not face_ids:
        return {}
    rows = cursor.execute(f"SELECT id, thumbnail FROM face WHERE id IN ({listed(face_ids)})").fetchall()  # noqa: S608
    return dict(rows)


def read_faces_of_images(cursor: Cursor, image_ids: Sequence[int], space: str) -> dict[int, list[FaceRecord]]:
    """Return the faces of each image, best score first, without embeddings and thumbnails."""
    faces: dict[int, list[FaceRecord]] = defaultdict(list)
    if image_ids:
        select = _SELECT.format("NULL", "NULL")
        rows = cursor.execute(f"{select} WHERE image_id IN ({listed(image_ids)}) ORDER BY score DESC, id").fetchall()
        for image_id, face in _faces(cursor, rows, space):
            faces[image_id].append(face)
    return faces


def _faces(cursor: Cursor, rows: Sequence[tuple[Any, ...]], space: str) -> Iterator[tuple[int, FaceRecord]]:
    """Yield the image's id and the record of each row of `_SELECT`."""
    if not rows:
        return
    images = cursor.execute(
        f"SELECT id, sha256 FROM image WHERE id IN ({listed({row[1] for row in rows})})"  # noqa: S608
    ).fetchall()
    sha256 = dict(images)
    people = read_person_ids(cursor, {row[2] for row in rows} - {NOBODY})
    for face_id, image_id, person, left, top, width, height, landmarks, score, quality, pinned, *blobs in rows:
        embedding, thumbnail = blobs
        points = np.frombuffer(landmarks, "<f4").reshape(-1, 2).tolist()
        yield (
            image_id,
            FaceRecord(
                id=face_id,
                image_sha256=sha256[image_id],
                person_id=people.get(person),
                box=Box(left, top, width, height),
                landmarks=tuple((x, y) for x, y in points),
                score=score,
                quality=quality,
                embedding_space=space,
                embedding=embedding,
                thumbnail=thumbnail,
                pinned=pinned,
            ),
        )
