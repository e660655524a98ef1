"""Images into a library and out of it, and the people that change with them."""

import contextlib
from collections.abc import Iterator
from functools import partial

import numpy as np

from services.catalog.not_found import image_not_found
from services.catalog.people.faces import Faces
from services.catalog.people.roster import NOBODY
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import ImageRecord
from services.catalog.storage.database import Cursor, Database, Transaction, utc_now
from services.catalog.storage.faces import insert_faces, read_face_ids
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.images import (
    delete_image_rows,
    ensure_labels,
    find_image_id,
    insert_image,
    insert_objects,
    read_labels,
)
from services.catalog.storage.library_row import read_space
from services.catalog.storage.new_image import new_image_record
from services.catalog.storage.people import read_person_ids
from services.catalog.storage.sources import add_source_row, trim_sources
from services.catalog.vocabulary import ImageAnalysis
from services.common.errors import FailedPreconditionError, Reason


class ImageWriter:
    """Writes images of one library; each method is one transaction, and holds off other writers meanwhile.

    Args:
        database: the library's file.
        library_id: for messages.
        people: of the library.

    """

    def __init__(self, database: Database, library_id: str, people: PeopleWriter) -> None:
        self._database = database
        self._library_id = library_id
        self._people = people
        self._image_ids = IdCounter("next_image_id")
        self._face_ids = IdCounter("next_face_id")
        self._source_ids = IdCounter("next_source_id")
        self._labels: dict[str, int] = {}
        self._space = ""

    def add(self, analysis: ImageAnalysis) -> ImageRecord | None:
        """Store an image and return it; None if it is there already, which then gains the source.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        with self._database.exclusive(), self._transaction() as transaction:
            image_id = find_image_id(transaction.cursor, analysis.sha256)
            if image_id is None:
                return self._insert(transaction, analysis)
            self._add_source(transaction.cursor, image_id, analysis.source_uri)
            transaction.commit()
            return None

    def add_source(self, sha256: str, uri: str) -> int:
        """Note where an image came from; return its id.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        with self._database.exclusive(), self._transaction() as transaction:
            image_id = self._find(transaction.cursor, sha256)
            self._add_source(transaction.cursor, image_id, uri)
            transaction.commit()
            return image_id

    def delete(self, sha256: str) -> None:
        """Erase an image.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        with self._database.exclusive(), self._transaction() as transaction:
            cursor = transaction.cursor
            image_id = self._find(cursor, sha256)
            face_ids = read_face_ids(cursor, image_id)
            # The people are read from the rows if they are not in memory yet, so before the rows go.
            self._people.loaded()
            delete_image_rows(cursor, image_id)
            with self._people.removing(cursor, face_ids, utc_now()):
                transaction.commit()

    def _insert(self, transaction: Transaction, analysis: ImageAnalysis) -> ImageRecord:
        cursor, now = transaction.cursor, utc_now()
        (image_id,) = self._image_ids.take(cursor, 1)
        insert_image(cursor, image_id, analysis, now)
        add_source_row(cursor, image_id, analysis.source_uri, self._source_ids)
        labels = ensure_labels(cursor, {found.label for found in analysis.objects}, self._labels or read_labels(cursor))
        insert_objects(cursor, image_id, analysis.objects, labels)
        face_ids = list(self._face_ids.take(cursor, len(analysis.faces)))
        person_ids: list[str | None] = []
        if face_ids:
            space = self._settled_space(cursor, analysis.embedding_space)
            scores = {face_id: face.score for face_id, face in zip(face_ids, analysis.faces, strict=True)}
            insert = partial(insert_faces, cursor, image_id, face_ids, faces=analysis.faces)
            with self._people.inserting(cursor, _faces(image_id, face_ids, analysis), scores, now, insert) as people:
                named = read_person_ids(cursor, set(people) - {NOBODY})
                person_ids = [named.get(person) for person in people]
                transaction.commit()
            self._space = space
        else:
            transaction.commit()
        self._labels = labels
        return new_image_record(analysis, now, labels, face_ids, person_ids)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        with self._database.write() as transaction:
            try:
                yield transaction
            finally:
                for ids in (self._image_ids, self._face_ids, self._source_ids):
                    ids.end(committed=transaction.committed)
                self._people.end(committed=transaction.committed)

    def _find(self, cursor: Cursor, sha256: str) -> int:
        image_id = find_image_id(cursor, sha256)
        if image_id is None:
            raise image_not_found(self._library_id, sha256)
        return image_id

    def _add_source(self, cursor: Cursor, image_id: int, uri: str) -> None:
        add_source_row(cursor, image_id, uri, self._source_ids)
        trim_sources(cursor, image_id)

    def _settled_space(self, cursor: Cursor, space: str) -> str:
        """Let the first face decide the space, and refuse others; return the space."""
        settled = self._space or read_space(cursor)
        if not settled:
            cursor.execute("UPDATE library SET embedding_space = ?", [space])
        elif settled != space:
            raise FailedPreconditionError(
                Reason.EMBEDDING_SPACE_MISMATCH,
                f"The faces of library {self._library_id!r} were embedded in the space {settled!r}, the embedder now "
                f"answers in {space!r}, and distances between the two mean nothing. Run the embedder with the model "
                "that the library was made with, or index into a new library.",
                resource=f"libraries/{self._library_id}",
                metadata={"library_space": settled, "embedder_space": space},
            )
        return space


def _faces(image_id: int, face_ids: list[int], analysis: ImageAnalysis) -> Faces:
    return Faces(
        ids=np.array(face_ids),
        images=np.full(len(face_ids), image_id),
        embeddings=np.stack([face.embedding for face in analysis.faces]),
        quality=np.array([face.quality for face in analysis.faces]),
    )
