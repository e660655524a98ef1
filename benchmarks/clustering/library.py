"""Measures a whole library of many faces: opening it, adding and deleting photos."""

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.library import Library
from services.catalog.storage.faces import FACE_COLUMNS, NewFace, face_row
from services.catalog.storage.people import insert_people, new_person_id
from services.catalog.storage.statements import insert
from services.catalog.storage.transaction import utc_now
from services.catalog.vocabulary import Box, DetectedFace, ImageAnalysis, Source

Figures = dict[str, float]
_PHOTOS: Final = 60
_ROWS_AT_ONCE: Final = 500
_LANDMARKS: Final = np.zeros((5, 2), np.float32)


def library(faces: Vectors, who: Indices, threads: int) -> Figures:
    """Opening a library from its snapshot, and photos of two faces that come and go, durable and with their people."""
    del threads
    kept = len(faces) - 2 * _PHOTOS
    with tempfile.TemporaryDirectory(prefix="albumen-library-") as folder:
        path = Path(folder) / "a.duckdb"
        _fill(path, faces[:kept], who[:kept])
        first = Library(path, "a")
        first.memory.load_people()
        # Whatever changes makes the snapshot worth writing.
        first.add_image(_photo("first", faces[:1]))
        first.close()
        start = time.perf_counter()
        opened = Library(path, "a")
        opened.memory.load_people()
        opening = time.perf_counter() - start
        photos = [_photo(str(at), faces[at : at + 2]) for at in range(kept, len(faces), 2)]
        adding = [_timed(lambda photo=photo: opened.add_image(photo)) for photo in photos]  # type: ignore[misc]
        deleting = [
            _timed(lambda photo=photo: opened.delete_image(photo.sha256))  # type: ignore[misc]
            for photo in photos
        ]
        suggesting = _timed(lambda: opened._people.ensure_loaded().suggestions(50))  # noqa: SLF001
        opened.close()
    return {
        "open": opening, "photo p50": float(np.median(adding)), "photo worst": max(adding),
        "gone p50": float(np.median(deleting)), "gone worst": max(deleting), "suggest": suggesting,
    }  # fmt: skip


def _fill(path: Path, faces: Vectors, who: Indices) -> None:
    """Write the rows of faces whose people are known: whoever has one face only has no person."""
    counts = np.bincount(who)
    people = np.where(counts[who] > 1, who + 1, 0)
    library = Library(path, "a")
    with library._database.write() as transaction:  # noqa: SLF001 - no call writes a library whose people are known
        cursor, numbers = transaction.cursor, np.unique(people[people > 0]).tolist()
        for start in range(0, len(faces), _ROWS_AT_ONCE):
            rows = range(start, min(start + _ROWS_AT_ONCE, len(faces)))
            few = [face_row(NewFace(row + 1, 0, _face(faces[row]))) for row in rows]
            owners = people[start : rows.stop].tolist()
            insert(cursor, "face", FACE_COLUMNS, [(*row, owner) for row, owner in zip(few, owners, strict=True)])
        cursor.execute("UPDATE face SET image_id = id")
        insert_people(cursor, [(number, new_person_id(), utc_now(), None) for number in numbers])
        cursor.execute(
            "UPDATE person SET face_count = s.faces, image_count = s.faces, cover_face_id = s.cover FROM ("
            "SELECT person, count(*) AS faces, min(id) AS cover FROM face GROUP BY person) AS s WHERE number = s.person"
        )
        cursor.execute(
            "UPDATE library SET next_face_id = ?, next_image_id = ?, next_person = ?, embedding_space = 'space'",
            [len(faces) + 1, len(faces) + 1, max(numbers) + 1],
        )
        transaction.commit()
    library.close()


def _photo(name: str, faces: Vectors) -> ImageAnalysis:
    return ImageAnalysis(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        source=Source(file_name=name),
        mime_type="image/jpeg",
        size_bytes=1,
        width=100,
        height=100,
        faces=tuple(_face(face) for face in faces),
        object_model="none",
        face_model="faces",
        embedding_space="space",
    )


def _face(embedding: np.ndarray[tuple[int], np.dtype[np.float32]]) -> DetectedFace:
    return DetectedFace(Box(0, 0, 10, 10), _LANDMARKS, 0.9, embedding, b"")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
