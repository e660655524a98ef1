"""A library: images, their faces and their people in one file."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.catalog.additions import Additions
from services.catalog.albums.albums import Albums
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.compaction import Compaction
from services.catalog.copies.copies import Copies
from services.catalog.drawn_faces import DrawnFaces
from services.catalog.edits.bounds import EditBounds
from services.catalog.edits.editor import PeopleEditor
from services.catalog.edits.history import EditHistory
from services.catalog.edits.undo import EditUndo
from services.catalog.event_history import EventHistory
from services.catalog.events import EventFeed
from services.catalog.expressions.order import AS_INDEXED, MOST_FACES, ImageOrder, PeopleOrder
from services.catalog.filters import ANY_FACE, ANY_IMAGE, SHOWN_PEOPLE, FaceFilter, ImageFilter, PeopleFilter
from services.catalog.folders.folders import Folders
from services.catalog.image_counter import ImageCounter
from services.catalog.image_eraser import ImageEraser
from services.catalog.image_finder import ImageFinder, ImageKey
from services.catalog.image_writer import Forgotten, ImageWriter
from services.catalog.library_care import LibraryCare
from services.catalog.library_memory import LibraryMemory
from services.catalog.library_record import read_record
from services.catalog.library_resources import LibraryResources
from services.catalog.library_settings import LibrarySettings
from services.catalog.library_start import begin
from services.catalog.new_images import NewImages
from services.catalog.not_found import image_not_found, person_not_found
from services.catalog.parts import PLAIN_FACE, WHOLE_IMAGE, FaceParts, ImageParts
from services.catalog.people_writer import PeopleWriter
from services.catalog.person_record import PersonRecord
from services.catalog.reclustering import Reclustering
from services.catalog.records import (
    AddedImage,
    FaceRecord,
    ImageRecord,
    LabelRecord,
    LibraryRecord,
    Page,
    SourceRecord,
)
from services.catalog.search.face_search import FaceSearch
from services.catalog.search.face_verification import FaceVerification
from services.catalog.search.merge_suggestions import MergeSuggestions
from services.catalog.search.query import QueryReader
from services.catalog.statement_writer import StatementWriter
from services.catalog.storage import face_records, image_records, labels
from services.catalog.storage import people as person_table
from services.catalog.storage.covers import with_covers
from services.catalog.storage.database import Database
from services.catalog.storage.event_log import EventLog
from services.catalog.storage.images import find_image_id, find_image_ids
from services.catalog.storage.known import Known
from services.catalog.storage.people_pages import PersonKey, page_of_people
from services.catalog.storage.sources import page_of_sources
from services.catalog.storage.unavailable import shutting_down
from services.catalog.trash import Trash
from services.catalog.vocabulary import ImageAnalysis, Source
from services.catalog.whole_file import WholeFile
from services.common.errors import AlbumenError


class Library:
    """One library, one DuckDB file; every method may be called from any thread, one writes at a time.

    Every method raises UnavailableError, LIBRARY_UNAVAILABLE, if the file cannot be read or written.

    Args:
        path: the file; created if missing.
        library_id: id of the library, for messages and records.
        display_name: for a new file; an old one keeps its own.
        parameters: of clustering, for a new file; an old one keeps its own.
        resources: what it may take.
        edit_bounds: how much one edit may do, and how many are remembered.
        trash: how long an image stays in the trash before it is erased; 0 erases what is deleted at once.
        feed: where its events go.

    Attributes:
        id: id of the library.
        counts: of its images, by any filter.
        memory: what it holds in memory.
        additions: stores images that wait for one another.
        edits: corrects the people.
        events: what happened.
        history: what was corrected.
        undo: the way back from a correction.
        reclustering: reclusters the library, a few groups at a time, while others read and write.
        settings: its name, and how it clusters.
        compaction: writes its file anew, without what was erased, while others read and write.
        copies: copies, exports and checks it as it is at one moment, likewise.
        queries: makes search queries of what the library holds.
        search: finds faces and people that resemble a query.
        verification: tells whether two faces are one person's.
        albums: reads, writes and fills its albums.
        folders: reads and writes its folders, and notes what is in them.
        merges: suggests people that may be the same.
        statements: writes what users say of images.
        trash: has images back, and erases them.

    """

    def __init__(
        self,
        path: Path,
        library_id: str,
        *,
        display_name: str = "",
        parameters: ClusteringParameters | None = None,
        resources: LibraryResources = LibraryResources(),  # noqa: B008 - frozen
        edit_bounds: EditBounds = EditBounds(),  # noqa: B008 - frozen
        trash: timedelta = timedelta(0),
        feed: EventFeed = EventFeed(),  # noqa: B008 - frozen
    ) -> None:
        log = EventLog(feed.bounds, lambda: feed.announce(library_id))
        self._database = Database(path, resources.memory_limit, log)
        self.events = EventHistory(self._database, library_id)
        self.id, self._known = library_id, Known()
        self._people = PeopleWriter(self._database, self._known, resources.threads)
        self._eraser = ImageEraser(self._database, self._people)
        self.trash = Trash(self._database, library_id, self._people, self._eraser, trash)
        new_images = NewImages(library_id, self._people)
        drawn = DrawnFaces(new_images, self._people)
        self._writer = ImageWriter(
            self._database, library_id, self._people, self._eraser, self.trash, new_images, drawn
        )
        self.statements = StatementWriter(self._database, library_id)
        whole = WholeFile(library_id)
        self.compaction = Compaction(self._database, whole, self._eraser.forget_faceless, library_id)
        self.copies = Copies(self._database, whole, library_id, resources.threads)
        self._care = LibraryCare(
            self._database, self._people, self._writer, self._eraser, whole, self.events, library_id
        )
        self._finder = ImageFinder(self._database, self._known)
        self.albums = Albums(self._database, self._known, self._finder.index, library_id)
        self.folders = Folders(self._database, self._writer, library_id, lambda: feed.folders(library_id))
        self.counts = ImageCounter(self._finder, self._known)
        self.memory = LibraryMemory(self._database, self._people, self._known, self._finder)
        self.additions = Additions(self._writer, self.find_image, library_id)
        self.edits = PeopleEditor(self._database, self._people, library_id, edit_bounds, drawn)
        self.reclustering = Reclustering(self._database, self._people, library_id)
        self.settings = LibrarySettings(self._database, self._people, self.reclustering, library_id)
        self.history = EditHistory(self._database, library_id, edit_bounds)
        self.undo = EditUndo(self._database, self._people, library_id, self.history, self._eraser.erase_faces)
        self.queries = QueryReader(self._database, library_id)
        self.search = FaceSearch(self._database, self._people, self._known)
        self.verification = FaceVerification(self._database, self._known, library_id)
        self.merges = MergeSuggestions(self._database, self._people)
        try:
            begin(self._database, display_name, parameters or ClusteringParameters())
            self._people.tidy()
        except BaseException:
            self._database.close(shutting_down())
            raise

    def find_image(self, sha256: str, parts: ImageParts = WHOLE_IMAGE) -> ImageRecord | None:
        """Return the image with these bytes, or None."""
        if self.surely_lacks(sha256):
            return None
        with self._database.read() as cursor:
            return image_records.find_image(cursor, self._known, sha256, parts)

    def find_images(self, hashes: Collection[str], parts: ImageParts = WHOLE_IMAGE) -> dict[str, ImageRecord]:
        """Return SHA-256 -> image, of those that are there, be they in the trash or not."""
        perhaps = [sha256 for sha256 in hashes if not self.surely_lacks(sha256)]
        if not perhaps:
            return {}
        with self._database.read() as cursor:
            ids = sorted(find_image_ids(cursor, perhaps).values())
            return {one.sha256: one for one in image_records.find_images(cursor, self._known, ids, parts).values()}

    def has_image(self, sha256: str) -> bool:
        """Return whether there is an image with these bytes."""
        with self._database.read() as cursor:
            return find_image_id(cursor, sha256) is not None

    def surely_lacks(self, sha256: str) -> bool:
        """Return whether there is certainly no image with these bytes, at once: most that are asked for are new."""
        return self._writer.surely_lacks(sha256)

    def add_source(self, sha256: str, source: Source) -> tuple[ImageRecord, str | None]:
        """Note that the image is at another place too; return it, and the SHA-256 of an image that it replaces.

        A place that held another image holds this one from now on. If that was the other one's last place, the other is
        deleted, and what users said of its faces goes on with this one. Of more than 100 places the newest are kept.
        A source without a uri changes nothing.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        replaced, image = self._writer.add_source(sha256, source), self.find_image(sha256)
        if image is None:
            raise image_not_found(self.id, sha256)
        return image, replaced

    def add_image(self, analysis: ImageAnalysis) -> AddedImage:
        """Store an image and bring the people up to date.

        All of it is durable when this returns, and nothing of it is stored if this raises. An image that is there
        already only gains the place, see `add_source`.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH, the library's faces live in another space.
            NotFoundError: IMAGE_NOT_FOUND, another thread deleted the image meanwhile.

        """
        (added,) = self.additions.add_all([analysis])
        if isinstance(added, Exception):
            raise added
        return added

    def list_sources(
        self, *, uri_prefix: str = "", missing_only: bool = False, after: str | None = None, limit: int
    ) -> Page[SourceRecord, str]:
        """List the places of images by uri, those that begin with `uri_prefix`, perhaps only missing ones."""
        with self._database.read() as cursor:
            return page_of_sources(cursor, uri_prefix, after, limit, missing_only=missing_only)

    def forget_sources(self, uris: Collection[str], *, validate_only: bool = False) -> Forgotten:
        """Forget places whose files are gone, and move the images that have no other to the trash."""
        return self._writer.forget_sources(uris, validate_only=validate_only)

    def list_images(
        self,
        image_filter: ImageFilter = ANY_IMAGE,
        order: ImageOrder = AS_INDEXED,
        *,
        after: ImageKey | None = None,
        limit: int,
        parts: ImageParts = WHOLE_IMAGE,
        backward: bool = False,
    ) -> Page[ImageRecord, ImageKey]:
        """List images that meet a filter, in an order; `after` is a key, and `backward` lists those before it."""
        return self._finder.page(image_filter, order, parts, after, limit, backward=backward)

    def list_labels(self, *, after: str | None = None, limit: int) -> Page[LabelRecord, str]:
        """List the classes of objects by name; `after` is a key of the page before."""
        with self._database.read() as cursor:
            return labels.page_of_labels(cursor, after, limit)

    def delete_image(self, sha256: str, *, etag: str = "") -> None:
        """Move an image to the trash; without one, erase it with its faces, and the people left without a face.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.
            AbortedError: ETAG_MISMATCH, `etag` is set and the image has changed since.

        """
        self._writer.delete(sha256, etag=etag)

    def list_people(
        self,
        people_filter: PeopleFilter = SHOWN_PEOPLE,
        order: PeopleOrder = MOST_FACES,
        *,
        after: PersonKey | None = None,
        limit: int,
        with_cover: bool = False,
    ) -> Page[PersonRecord, PersonKey]:
        """List people in an order, then by id; `after` is a key of the page before."""
        with self._database.read() as cursor:
            page = page_of_people(cursor, people_filter, order, after, limit)
            return replace(page, items=with_covers(cursor, page.items)) if with_cover else page

    def get_person(self, person_id: str, *, with_cover: bool = False) -> PersonRecord:
        """Return a person.

        Raises:
            NotFoundError: PERSON_NOT_FOUND.

        """
        with self._database.read() as cursor:
            person = person_table.read_person(cursor, person_id)
            if person is None:
                raise person_not_found(self.id, person_id)
            return with_covers(cursor, [person])[0] if with_cover else person

    def find_people(self, person_ids: Collection[str], *, with_cover: bool = False) -> dict[str, PersonRecord]:
        """Return id -> person, of those who exist."""
        with self._database.read() as cursor:
            people = tuple(one for one in person_table.find_people(cursor, person_ids).values() if one.face_count)
            return {one.id: one for one in (with_covers(cursor, people) if with_cover else people)}

    def find_faces(self, face_ids: Collection[int], parts: FaceParts = PLAIN_FACE) -> dict[int, FaceRecord]:
        """Return id -> face, of those that exist."""
        with self._database.read() as cursor:
            return {face.id: face for face in face_records.find_faces(cursor, self._known, face_ids, parts)}

    def list_faces(
        self, face_filter: FaceFilter = ANY_FACE, *, after: int | None = None, limit: int, parts: FaceParts = PLAIN_FACE
    ) -> Page[FaceRecord, int]:
        """List faces, the first indexed first; `after` is a key of the page before."""
        with self._database.read() as cursor:
            return face_records.page_of_faces(cursor, self._known, face_filter, parts, after, limit)

    def record(self) -> LibraryRecord:
        """Return the library's own fields and counts."""
        with self._database.read() as cursor:
            return read_record(cursor, self.id, self._database.path)

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other threads from writing while the caller decides and acts."""
        return self._database.exclusive()

    def forget_names(self) -> None:
        """Take the names of people whose faces are all deleted out of the edits; done whenever the library is idle."""
        self._eraser.forget_faceless()

    def checkpoint_if_idle(self) -> None:
        """Keep a snapshot of the clusters, and move a grown write-ahead log into the file, while nobody writes."""
        self._care.when_idle()

    def close(self, reason: AlbumenError | None = None) -> None:
        """Close the file after the calls in progress; later calls raise `reason`, by default SHUTTING_DOWN."""
        self._care.close(reason or shutting_down())
