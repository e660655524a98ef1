"""A library: images, their faces and their people in one file."""

import hashlib
from contextlib import AbstractContextManager
from datetime import UTC
from pathlib import Path
from typing import Final

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.display_name import checked_display_name
from services.catalog.edits.editor import PeopleEditor
from services.catalog.edits.history import EditHistory
from services.catalog.image_writer import ImageWriter
from services.catalog.not_found import image_not_found, person_not_found
from services.catalog.people_writer import PeopleWriter
from services.catalog.reclustering import Reclustering
from services.catalog.records import FaceRecord, ImageRecord, LibraryRecord, Page, PersonRecord
from services.catalog.search.face_search import FaceSearch
from services.catalog.storage import faces as face_table
from services.catalog.storage import images as image_table
from services.catalog.storage import people as person_table
from services.catalog.storage.database import Cursor, Database, utc_now
from services.catalog.storage.library_row import read_space
from services.catalog.vocabulary import ImageAnalysis
from services.common.errors import (
    AbortedError,
    AlbumenError,
    Reason,
    UnavailableError,
)
from services.common.excerpt import excerpt

DEFAULT_MEMORY_LIMIT: Final = "512MB"


class Library:
    """One library, one DuckDB file; every method may be called from any thread, one writes at a time.

    Every method raises UnavailableError, LIBRARY_UNAVAILABLE, if the file cannot be read or written.

    Args:
        path: the file; created if missing.
        library_id: id of the library, for messages and records.
        display_name: for a new file; an old one keeps its own.
        parameters: of clustering, for a new file; an old one keeps its own.
        memory_limit: how much memory DuckDB may use for the file, for example ``512MB``.
        threads: of one search or one clustering.

    Attributes:
        id: id of the library.
        edits: corrects the people.
        history: what was corrected, and the way back.
        reclustering: thinks again about everybody.
        search: finds faces and people that resemble each other.

    """

    def __init__(
        self,
        path: Path,
        library_id: str,
        *,
        display_name: str = "",
        parameters: ClusteringParameters | None = None,
        memory_limit: str = DEFAULT_MEMORY_LIMIT,
        threads: int = 1,
    ) -> None:
        self.id = library_id
        self._database = Database(path, memory_limit)
        self._people = PeopleWriter(self._database, threads)
        self._writer = ImageWriter(self._database, library_id, self._people)
        self.edits = PeopleEditor(self._database, self._people, library_id)
        self.reclustering = Reclustering(self._database, self._people, library_id)
        self.history = EditHistory(self._database, self._people, library_id)
        self.search = FaceSearch(self._database, self._people, library_id)
        try:
            self._begin(display_name, parameters or ClusteringParameters())
        except BaseException:
            self.close()
            raise

    def load(self) -> None:
        """Bring the people into memory; else the first write does."""
        with self._database.exclusive():
            self._people.loaded()

    def find_image(self, sha256: str) -> ImageRecord | None:
        """Return the image with these bytes, or None."""
        with self._database.read() as cursor:
            image_id = image_table.find_image_id(cursor, sha256)
            return None if image_id is None else self._read_image(cursor, image_id, sha256)

    def add_source(self, sha256: str, uri: str) -> ImageRecord:
        """Note that the image came from `uri` too, and return it; an empty uri changes nothing.

        A uri that another image came from moves to this one. Of more than 100 uris the newest are kept.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        image_id = self._writer.add_source(sha256, uri)
        with self._database.read() as cursor:
            return self._read_image(cursor, image_id, sha256)

    def add_image(self, analysis: ImageAnalysis) -> tuple[ImageRecord, bool]:
        """Store an image and bring the people up to date; return it, and whether it was there before.

        All of it is durable when this returns, and nothing of it is stored if this raises. An image that is there
        already only gains the source.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH, the library's faces live in another space.
            NotFoundError: IMAGE_NOT_FOUND, another thread deleted the image meanwhile.

        """
        image = self._writer.add(analysis)
        if image is not None:
            return image, False
        image = self.find_image(analysis.sha256)
        if image is None:
            raise image_not_found(self.id, analysis.sha256)
        return image, True

    def list_images(
        self,
        *,
        labels: tuple[str, ...] = (),
        person_id: str | None = None,
        after: int | None = None,
        limit: int,
    ) -> Page[ImageRecord, int]:
        """List images that hold objects of all `labels` and a face of the person, the first indexed first.

        A label or a person that the library does not know matches nothing.
        """
        with self._database.read() as cursor:
            known = image_table.read_labels(cursor) if labels else {}
            person = None if person_id is None else person_table.find_person_number(cursor, person_id)
            if not known.keys() >= set(labels) or (person_id is not None and person is None):
                return Page((), None)
            label_ids = sorted({known[label] for label in labels})
            ids, next_key = image_table.page_of_images(cursor, label_ids, person, after, limit)
            return Page(self._read_images(cursor, ids), next_key)

    def delete_image(self, sha256: str) -> None:
        """Erase an image with its objects, faces, embeddings and thumbnails, and the people left without a face.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        self._writer.delete(sha256)

    def list_people(
        self, *, include_hidden: bool = False, after: tuple[int, str] | None = None, limit: int
    ) -> Page[PersonRecord, tuple[int, str]]:
        """List people, those with most faces first, then by id."""
        with self._database.read() as cursor:
            return person_table.page_of_people(cursor, include_hidden=include_hidden, after=after, limit=limit)

    def get_person(self, person_id: str) -> PersonRecord:
        """Return a person.

        Raises:
            NotFoundError: PERSON_NOT_FOUND.

        """
        with self._database.read() as cursor:
            return self._read_person(cursor, person_id)

    def update_person(
        self,
        person_id: str,
        *,
        display_name: str | None = None,
        hidden: bool | None = None,
        etag: str | None = None,
    ) -> PersonRecord:
        """Change what is not None, and return the person; surrounding white space is no part of a name.

        Raises:
            InvalidArgumentError: DISPLAY_NAME_TOO_LONG.
            NotFoundError: PERSON_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        name = None if display_name is None else checked_display_name(display_name, field="person.display_name")
        with self._database.write() as transaction:
            cursor = transaction.cursor
            person = self._read_person(cursor, person_id)
            if etag and etag != person.etag:
                raise AbortedError(
                    Reason.ETAG_MISMATCH,
                    f"The person has changed since its etag was {excerpt(etag)!r}. Get it again, then "
                    "repeat the change.",
                    resource=f"libraries/{self.id}/people/{person_id}",
                )
            said = (person.display_name if name is None else name, person.hidden if hidden is None else hidden)
            if said != (person.display_name, person.hidden):
                number = person_table.write_statement(cursor, person_id, said[0], utc_now(), hidden=said[1])
                person = self._read_person(cursor, person_id)
                transaction.commit()
                self._people.curate(number)
            return person

    def list_faces(
        self,
        *,
        person_id: str | None = None,
        image_sha256: str | None = None,
        ungrouped: bool = False,
        after: int | None = None,
        limit: int,
        with_embedding: bool = False,
        with_thumbnail: bool = False,
    ) -> Page[FaceRecord, int]:
        """List faces that meet all conditions, the first indexed first; an unknown person or image has none."""
        with self._database.read() as cursor:
            person = None if person_id is None else person_table.find_person_number(cursor, person_id)
            image_id = None if image_sha256 is None else image_table.find_image_id(cursor, image_sha256)
            if (person_id is not None and person is None) or (image_sha256 is not None and image_id is None):
                return Page((), None)
            ids, next_key = face_table.page_of_faces(
                cursor, person=person, image_id=image_id, ungrouped=ungrouped, after=after, limit=limit
            )
            faces = face_table.read_faces(
                cursor, ids, read_space(cursor), with_embedding=with_embedding, with_thumbnail=with_thumbnail
            )
            return Page(faces, next_key)

    def record(self) -> LibraryRecord:
        """Return the library's own fields and counts."""
        with self._database.read() as cursor:
            row = cursor.execute(
                "SELECT display_name, create_time, (SELECT count(*) FROM image), (SELECT count(*) FROM face), "
                "(SELECT count(*) FROM person), embedding_space FROM library"
            ).fetchone()
        if row is None:
            raise AssertionError("a library always has its row")
        etag = hashlib.sha256(repr(row).encode()).hexdigest()[:16]
        display_name, create_time, images, faces, people, space = row
        return LibraryRecord(self.id, display_name, create_time.replace(tzinfo=UTC), images, faces, people, space, etag)

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other threads from writing while the caller decides and acts."""
        return self._database.exclusive()

    def checkpoint_if_idle(self) -> None:
        """Keep a snapshot of the clusters, and move a grown write-ahead log into the file, while nobody writes."""
        if self._database.idle():
            with self._database.exclusive():
                self._people.save_snapshot()
            self._database.checkpoint_if_idle()

    def close(self, reason: AlbumenError | None = None) -> None:
        """Close the file after the calls in progress; later calls raise `reason`, by default SHUTTING_DOWN."""
        self._people.save_snapshot(closing=True)
        self._database.close(
            reason
            or UnavailableError(
                Reason.SHUTTING_DOWN, "The catalog is shutting down. Try again in a moment.", retry_after=1.0
            )
        )

    def _begin(self, display_name: str, parameters: ClusteringParameters) -> None:
        with self._database.write() as transaction:
            cursor = transaction.cursor
            if cursor.execute("SELECT 1 FROM library").fetchone() is None:
                cursor.execute(
                    "INSERT INTO library (display_name, create_time, eps, min_samples, embedding_space, next_image_id, "
                    "next_face_id, next_source_id, min_quality) VALUES (?, ?, ?, ?, '', 1, 1, 1, ?)",
                    [display_name, utc_now(), parameters.eps, parameters.min_samples, parameters.min_quality],
                )
                transaction.commit()

    def _read_image(self, cursor: Cursor, image_id: int, sha256: str) -> ImageRecord:
        for image in self._read_images(cursor, [image_id]):
            return image
        raise image_not_found(self.id, sha256)

    def _read_images(self, cursor: Cursor, image_ids: list[int]) -> tuple[ImageRecord, ...]:
        faces = face_table.read_faces_of_images(cursor, image_ids, read_space(cursor))
        label_names = {label_id: name for name, label_id in image_table.read_labels(cursor).items()}
        return image_table.read_images(cursor, image_ids, faces, label_names)

    def _read_person(self, cursor: Cursor, person_id: str) -> PersonRecord:
        person = person_table.read_person(cursor, person_id)
        if person is None:
            raise person_not_found(self.id, person_id)
        return person
