"""Images into a library and out of it, and the people that change with them."""

import contextlib
from collections.abc import Iterator
from functools import partial

import numpy as np
import structlog

from services.catalog.analysis import ImageAnalysis
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.database import Cursor, Database, Transaction, utc_now
from services.catalog.face_table import insert_faces, read_embeddings, read_image_faces
from services.catalog.grouping import Grouping
from services.catalog.id_counter import IdCounter
from services.catalog.image_table import (
    delete_image_rows,
    ensure_labels,
    find_image_id,
    insert_image,
    insert_objects,
    read_labels,
)
from services.catalog.membership import NOBODY
from services.catalog.new_image import new_image_record
from services.catalog.person_table import next_person_number, read_person_ids, read_standings
from services.catalog.records import ImageRecord
from services.catalog.regrouping import write_reassignment
from services.catalog.source_table import add_source_row, trim_sources
from services.common.errors import FailedPreconditionError, NotFoundError, Reason

_log = structlog.get_logger()


class ImageWriter:
    """Writes images of one library; each method is one transaction, and holds off other writers meanwhile.

    Args:
        database: the library's file.
        library_id: for messages.

    """

    def __init__(self, database: Database, library_id: str) -> None:
        self._database = database
        self._library_id = library_id
        self._grouping: Grouping | None = None
        self._image_ids = IdCounter("next_image_id")
        self._face_ids = IdCounter("next_face_id")
        self._source_ids = IdCounter("next_source_id")
        self._next_person = 1
        self._labels: dict[str, int] = {}
        self._space = ""

    def load(self) -> None:
        """Make sure that the clusters are in memory."""
        with self._database.exclusive():
            self._loaded()

    def add(self, analysis: ImageAnalysis) -> ImageRecord | None:
        """Store an image and return it; None if it is there already, which then gains the source.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        with self._database.exclusive():
            # Loading may repair people, in a transaction of its own.
            grouping = self._loaded() if analysis.faces else None
            with self._transaction() as transaction:
                image_id = find_image_id(transaction.cursor, analysis.sha256)
                if image_id is None:
                    return self._insert(transaction, grouping, analysis)
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
        with self._database.exclusive():
            grouping = self._loaded()
            with self._transaction() as transaction:
                cursor = transaction.cursor
                image_id = self._find(cursor, sha256)
                face_ids, embeddings = read_image_faces(cursor, image_id, grouping.min_quality)
                delete_image_rows(cursor, image_id)
                bereft = grouping.people_of(face_ids)
                standings = partial(read_standings, cursor)
                with grouping.removing(face_ids, embeddings, standings, self._next_person) as result:
                    write_reassignment(cursor, result, grouping.people_of, utc_now(), bereft=bereft)
                    transaction.commit()
                self._next_person += len(result.created)

    def _insert(self, transaction: Transaction, grouping: Grouping | None, analysis: ImageAnalysis) -> ImageRecord:
        cursor, now = transaction.cursor, utc_now()
        (image_id,) = self._image_ids.take(cursor, 1)
        insert_image(cursor, image_id, analysis, now)
        add_source_row(cursor, image_id, analysis.source_uri, self._source_ids)
        labels = ensure_labels(cursor, {found.label for found in analysis.objects}, self._labels or read_labels(cursor))
        insert_objects(cursor, image_id, analysis.objects, labels)
        face_ids = self._face_ids.take(cursor, len(analysis.faces))
        person_ids: list[str | None] = []
        if grouping is None:
            transaction.commit()
        else:
            space = self._settled_space(cursor, analysis.embedding_space)
            clear = np.array([face.quality >= grouping.min_quality for face in analysis.faces])
            embeddings = np.stack([face.embedding for face in analysis.faces])[clear]
            standings = partial(read_standings, cursor)
            with grouping.inserting(np.array(face_ids)[clear], embeddings, standings, self._next_person) as result:
                people = result.membership.of(np.array(face_ids)).tolist()
                insert_faces(cursor, image_id, face_ids, people, analysis.faces)
                scores = {face_id: face.score for face_id, face in zip(face_ids, analysis.faces, strict=True)}
                write_reassignment(cursor, result, grouping.people_of, now, new_faces=scores)
                named = read_person_ids(cursor, set(people) - {NOBODY})
                person_ids = [named.get(person) for person in people]
                transaction.commit()
            self._next_person += len(result.created)
            self._space = space
        self._labels = labels
        return new_image_record(analysis, now, labels, face_ids, person_ids)

    def _loaded(self) -> Grouping:
        """Return the clusters, from the rows if they are not in memory or can't be trusted; the lock is held."""
        if self._grouping is not None and not self._grouping.broken:
            return self._grouping
        self._grouping = None
        with self._transaction() as transaction:
            cursor = transaction.cursor
            row = cursor.execute("SELECT eps, min_samples, min_quality FROM library").fetchone()
            parameters = ClusteringParameters(*row) if row else ClusteringParameters()
            grouping = Grouping(parameters, *read_embeddings(cursor, parameters.min_quality))
            standings = partial(read_standings, cursor)
            number = next_person_number(cursor)
            with grouping.repairing(standings, number) as result:
                if result.faces.size:
                    write_reassignment(cursor, result, grouping.people_of, utc_now())
                    _log.warning("people_repaired", library=self._library_id, faces=len(result.faces))
                transaction.commit()
        self._grouping = grouping
        self._next_person = number + len(result.created)
        return grouping

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        with self._database.write() as transaction:
            try:
                yield transaction
            finally:
                if not transaction.committed:
                    for ids in (self._image_ids, self._face_ids, self._source_ids):
                        ids.roll_back()

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


def read_space(cursor: Cursor) -> str:
    """Return the embedding space of the library, empty until its first face."""
    row = cursor.execute("SELECT embedding_space FROM library").fetchone()
    return str(row[0]) if row else ""


def image_not_found(library_id: str, sha256: str) -> NotFoundError:
    """Return the error for an image that is not in the library."""
    return NotFoundError(
        Reason.IMAGE_NOT_FOUND,
        f"Library {library_id!r} has no image {sha256[:64]!r}. Index it first.",
        resource=f"libraries/{library_id}/images/{sha256}",
    )
