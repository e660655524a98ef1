"""Images into a library and out of it, and the people that change with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.edits.forgetting import forget_faceless, forget_names
from services.catalog.new_images import NewImages
from services.catalog.not_found import image_not_found
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import ImageRecord
from services.catalog.replacement import carry_over
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.face_owners import read_owners
from services.catalog.storage.faces import read_face_ids
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.images import (
    delete_image_rows,
    find_image_id,
    read_hashes,
    read_image_etag,
    touch_images,
)
from services.catalog.storage.library_row import Counter
from services.catalog.storage.seen import Seen, image_digest, place_digest
from services.catalog.storage.sources import (
    delete_sources,
    find_sources,
    mark_unplaced,
    place_image,
    placeless_images,
    source_row,
)
from services.catalog.storage.storable import surely_storable
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import ImageAnalysis, Source
from services.common.errors import AbortedError, Reason

# Images whose rows are put into their tables later, together with those of others.
_MOST_POSTPONED: Final = 8


@dataclass(frozen=True, slots=True)
class Added:
    """What adding an image did.

    Attributes:
        image: the new image; None if it was there already, and only gained a place.
        replaced: SHA-256 of the image that the place held before and that is deleted, as it had no other; or None.

    """

    image: ImageRecord | None
    replaced: str | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting places did.

    Attributes:
        count: places that were known.
        deleted: SHA-256 of the images that had no other place.

    """

    count: int
    deleted: tuple[str, ...]


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
        self._new_images = NewImages(library_id, people)
        self._source_ids = IdCounter(Counter.SOURCES)
        self._seen: Seen | None = None
        # A process before may have deleted something and not come to it.
        self._deleted = True
        self._deleted_now = False

    def add(self, analysis: ImageAnalysis) -> Added:
        """Store an image, or note another place of one that is there already.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        return self.add_together([analysis])[0]

    def add_together(self, analyses: Sequence[ImageAnalysis]) -> list[Added]:
        """Do as `add` does for each in turn, with one durable commit for all; none is stored if this raises."""
        with self._database.exclusive():
            are_new = self._are_new(analyses)
            # Many are written at the cost of one anyway.
            postponed = are_new and len(analyses) <= _MOST_POSTPONED and all(map(surely_storable, analyses))
            with self._database.write(behind=postponed) as transaction:
                if are_new:
                    added = self._add_new(transaction, analyses, postponed=postponed)
                else:
                    added = [self._add(transaction, analysis) for analysis in analyses]
                transaction.commit()
        return added

    def surely_lacks(self, sha256: str) -> bool:
        """Return whether there is certainly no image with these bytes; False where only the rows can tell."""
        return self._seen is not None and not self._seen.may_have(image_digest(sha256))

    def add_source(self, sha256: str, source: Source) -> str | None:
        """Note that an image is at a place; return the SHA-256 of the image that is replaced by that, or None.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        with self._database.exclusive():
            self._ensure_seen().add([place_digest(source.uri)])
            with self._database.write() as transaction:
                image_id = self._find(transaction.cursor, sha256)
                replaced = self._place_known(transaction, image_id, source)
                transaction.commit()
        return replaced

    def forget_sources(self, uris: Collection[str], *, validate_only: bool = False) -> Forgotten:
        """Forget places, and delete the images that have no other; of `uris` those that are not known don't count."""
        with self._database.write() as transaction:
            cursor = transaction.cursor
            known = find_sources(cursor, uris)
            touch_images(cursor, set(known.values()), transaction.now)
            delete_sources(cursor, known.keys())
            if known:
                transaction.note_erasure()
            placeless = placeless_images(cursor, set(known.values()))
            hashes = read_hashes(cursor, placeless)
            self._delete(transaction, placeless)
            if not validate_only:
                transaction.commit()
        return Forgotten(len(known), tuple(hashes[image_id] for image_id in placeless))

    def delete(self, sha256: str, *, etag: str = "") -> None:
        """Erase an image, if `etag` is set only while this is its etag.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            image_id = self._find(transaction.cursor, sha256)
            if etag and etag != read_image_etag(transaction.cursor, image_id):
                raise AbortedError(
                    Reason.ETAG_MISMATCH,
                    "The image has changed since you got its etag. Get it again before you delete it.",
                    resource=f"libraries/{self._library_id}/images/{sha256}",
                )
            self._delete(transaction, [image_id])
            transaction.commit()

    def forget_faceless(self, *, closing: bool = False) -> None:
        """Forget the names of people who were gone before their faces were deleted; meant for idle moments.

        Args:
            closing: whether somebody waits, so that what an earlier process left is left to the next idle moment.

        """
        if not (self._deleted_now if closing else self._deleted):
            return
        with self._database.write() as transaction:
            forget_faceless(transaction)
            transaction.commit()
        self._deleted = self._deleted_now = False

    def give_back_ids(self, transaction: Transaction) -> None:
        """Leave no gap in the ids; meant for closing."""
        self._new_images.give_back_ids(transaction)
        self._source_ids.give_back(transaction)

    def _add_new(self, transaction: Transaction, analyses: Sequence[ImageAnalysis], *, postponed: bool) -> list[Added]:
        """Insert images that are not there yet, at places that held nothing."""
        images, rows = self._new_images.insert(transaction, analyses)
        for image in images:
            if image.analysis.source.uri:
                (source_id,) = self._source_ids.take(transaction, 1)
                rows.sources.append(source_row(source_id, image.id, image.analysis.source))
        if postponed:
            transaction.postpone(rows)
        else:
            rows.write(transaction.cursor)
        return [Added(self._new_images.record(transaction, image, image.owners), None) for image in images]

    def _are_new(self, analyses: Sequence[ImageAnalysis]) -> bool:
        """Return whether images are surely all different, none of them there, and their places new as well."""
        seen, digests = self._ensure_seen(), _digests(analyses)
        are_new = len(set(digests)) == len(digests) and not any(map(seen.may_have, digests))
        seen.add(digests)
        return are_new

    def _ensure_seen(self) -> Seen:
        """Return what images and places there were, to which whoever writes others adds them first."""
        if self._seen is None:
            with self._database.read() as cursor:
                self._seen = Seen(cursor)
        return self._seen

    def _add(self, transaction: Transaction, analysis: ImageAnalysis) -> Added:
        """Insert an image, or note its place."""
        cursor = transaction.cursor
        image_id = find_image_id(cursor, analysis.sha256)
        if image_id is not None:
            return Added(None, self._place_known(transaction, image_id, analysis.source))
        (image,), rows = self._new_images.insert(transaction, [analysis])
        rows.write(cursor)
        replaced = self._place(transaction, image.id, analysis.source)
        # Faces may have the people, and the pins, of those in whose place they are.
        owners = image.owners if replaced is None else read_owners(cursor, image.face_ids)
        return Added(self._new_images.record(transaction, image, owners), replaced)

    def _place_known(self, transaction: Transaction, image_id: int, source: Source) -> str | None:
        """Note a place of an image that was there before; see `_place`."""
        if not source.uri:
            mark_unplaced(transaction.cursor, image_id)
            return None
        return self._place(transaction, image_id, source, known=True)

    def _place(self, transaction: Transaction, image_id: int, source: Source, *, known: bool = False) -> str | None:
        """Note where an image is; return the SHA-256 of another one that is deleted, as this was its last place."""
        if not source.uri:
            return None
        placement = place_image(transaction, image_id, source, self._source_ids)
        if known and placement.changed:
            touch_images(transaction.cursor, [image_id], transaction.now)
        if placement.previous is None:
            return None
        touch_images(transaction.cursor, [placement.previous], transaction.now)
        return self._replace(transaction, placement.previous, image_id, known=known)

    def _replace(self, transaction: Transaction, old_image: int, new_image: int, *, known: bool) -> str | None:
        """Delete an image if it has lost its last place; what users said of its faces goes on in the new image."""
        if not placeless_images(transaction.cursor, [old_image]):
            return None
        if not carry_over(transaction, self._people, old_image, new_image, known=known):
            return None
        replaced = read_hashes(transaction.cursor, [old_image])[old_image]
        self._delete(transaction, [old_image])
        return replaced

    def _delete(self, transaction: Transaction, image_ids: Collection[int]) -> None:
        """Delete images with all that is known of them, the people left without a face, and their names in edits."""
        transaction.note_images(image_ids)
        face_ids = read_face_ids(transaction.cursor, image_ids)
        delete_image_rows(transaction.cursor, image_ids)
        gone = self._people.remove(transaction, face_ids) if face_ids else []
        self._deleted = self._deleted_now = True
        if image_ids:
            transaction.note_erasure()
        if gone:
            forget_names(transaction, gone)

    def _find(self, cursor: Cursor, sha256: str) -> int:
        image_id = find_image_id(cursor, sha256)
        if image_id is None:
            raise image_not_found(self._library_id, sha256)
        return image_id


def _digests(analyses: Sequence[ImageAnalysis]) -> list[int]:
    """Return what stands for images, and for their places."""
    images = [image_digest(analysis.sha256) for analysis in analyses]
    return images + [place_digest(analysis.source.uri) for analysis in analyses if analysis.source.uri]
