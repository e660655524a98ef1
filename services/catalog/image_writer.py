"""Images into a library and out of it, and the people that change with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.drawn_faces import DrawnFaces
from services.catalog.image_eraser import ImageEraser
from services.catalog.new_images import NewImages
from services.catalog.not_found import image_not_found
from services.catalog.parts import WHOLE_IMAGE
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import ImageRecord
from services.catalog.replacement import carry_over
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.image_records import find_image
from services.catalog.storage.images import check_image_etag, find_image_id, read_hashes, touch_images
from services.catalog.storage.known import Known
from services.catalog.storage.library_row import Counter
from services.catalog.storage.seen import Seen, image_digest, place_digest
from services.catalog.storage.sources import (
    delete_sources,
    find_sources,
    mark_unplaced,
    place_image,
    place_images,
    placeless_images,
    source_row,
)
from services.catalog.storage.storable import surely_storable
from services.catalog.storage.transaction import Transaction
from services.catalog.trash import Trash
from services.catalog.vocabulary import ImageAnalysis, Source

# Images whose rows are put into their tables later, together with those of others.
_MOST_POSTPONED: Final = 8


@dataclass(frozen=True, slots=True)
class Added:
    """What adding an image did.

    Attributes:
        image: the new image; None if it was there already, and only gained a place or left the trash.
        replaced: SHA-256 of the image that the place held before and that is deleted, as it had no other; or None.

    """

    image: ImageRecord | None
    replaced: str | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting places did.

    Attributes:
        count: places that were known.
        deleted: SHA-256 of the images that had no other place, and are in the trash or erased.

    """

    count: int
    deleted: tuple[str, ...]


class ImageWriter:
    """Writes images of one library; each method is one transaction, and holds off other writers meanwhile.

    Args:
        database: the library's file.
        library_id: for messages.
        people: of the library.
        eraser: of its images.
        trash: of its images.
        new_images: inserts images.
        drawn: puts faces that users drew on images.

    """

    def __init__(
        self,
        database: Database,
        library_id: str,
        people: PeopleWriter,
        eraser: ImageEraser,
        trash: Trash,
        new_images: NewImages,
        drawn: DrawnFaces,
    ) -> None:
        self._database = database
        self._library_id = library_id
        self._people = people
        self._new_images = new_images
        self._drawn = drawn
        self._source_ids = IdCounter(Counter.SOURCES)
        self._eraser = eraser
        self._trash = trash
        self._seen: Seen | None = None

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
            few = len(analyses) <= _MOST_POSTPONED and not self._new_images.founds_space(analyses)
            postponed = are_new and few and all(map(surely_storable, analyses))
            with self._database.write(behind=postponed) as transaction:
                if are_new:
                    added = self._add_new(transaction, analyses, postponed=postponed)
                else:
                    added = [self._add(transaction, analysis) for analysis in analyses]
                transaction.commit()
        return added

    def surely_lacks(self, sha256: str) -> bool:
        """Return whether there is certainly no image with these bytes; False where only the rows can tell."""
        return self._seen is not None and self._seen.lacks_image(sha256)

    def add_source(self, sha256: str, source: Source) -> str | None:
        """Note that an image is at a place, and no longer in the trash.

        Returns:
            The SHA-256 of the image that is replaced by that, or None.

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

    @property
    def keeps_trash(self) -> bool:
        """Whether what is deleted stays in the trash for some time."""
        return self._trash.keeps

    def note_places(self, uris: Collection[str]) -> None:
        """Take note of places that are about to be written, before the exclusive write that writes them."""
        self._ensure_seen().add(map(place_digest, uris))

    def place_together(
        self, transaction: Transaction, placed: Sequence[tuple[int, Source]], restored: Collection[int]
    ) -> None:
        """Note where images are that are there already, all at once, so that files may change names among each other.

        Args:
            transaction: of a writer who is exclusive since `note_places`.
            placed: images, and places of theirs, each once.
            restored: images that are to leave the trash if they are there.

        """
        self._trash.restore(transaction, restored)
        replaced = place_images(transaction, placed, self._source_ids)
        images = {image_id for image_id, _ in placed}.union(replaced)
        touch_images(transaction.cursor, images, transaction.now)
        transaction.note_images(images)
        # Whoever has another place by now is replaced by nothing.
        for old_image in placeless_images(transaction.cursor, replaced):
            self._replace(transaction, old_image, replaced[old_image], known=True)

    def forget_sources(self, uris: Collection[str], *, validate_only: bool = False) -> Forgotten:
        """Forget places, and discard the images that have no other; of `uris` those that are not known don't count."""
        with self._database.write() as transaction:
            cursor = transaction.cursor
            known = find_sources(cursor, uris)
            touch_images(cursor, set(known.values()), transaction.now)
            transaction.note_images(set(known.values()))
            delete_sources(cursor, known.keys())
            if known:
                transaction.note_erasure()
            placeless = placeless_images(cursor, set(known.values()))
            hashes = read_hashes(cursor, placeless)
            self._trash.discard(transaction, placeless)
            if not validate_only:
                transaction.commit()
        return Forgotten(len(known), tuple(hashes[image_id] for image_id in placeless))

    def delete(self, sha256: str, *, etag: str = "") -> None:
        """Discard an image, if `etag` is set only while this is its etag.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            image_id = self._find(transaction.cursor, sha256)
            check_image_etag(transaction.cursor, self._library_id, image_id, etag)
            self._trash.discard(transaction, [image_id])
            transaction.commit()

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
            transaction.write(rows)
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
        transaction.write(rows)
        replaced = self._place(transaction, image.id, analysis.source)
        record: ImageRecord | None = self._new_images.record(transaction, image, image.owners)
        if replaced is not None:
            # What users said of the image whose place it took, and of its faces, they said of this one, too. What is
            # not durable yet must not be remembered.
            record = find_image(cursor, Known(), analysis.sha256, WHOLE_IMAGE)
        return Added(record, replaced)

    def _place_known(self, transaction: Transaction, image_id: int, source: Source) -> str | None:
        """Note a place of an image that was there before, perhaps in the trash; see `_place`."""
        self._trash.restore(transaction, [image_id])
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
            transaction.note_images([image_id])
        if placement.previous is None:
            return None
        touch_images(transaction.cursor, [placement.previous], transaction.now)
        transaction.note_images([placement.previous])
        return self._replace(transaction, placement.previous, image_id, known=known)

    def _replace(self, transaction: Transaction, old_image: int, new_image: int, *, known: bool) -> str | None:
        """Erase an image if it has lost its last place; what users said of it goes on with the new image.

        It would be in nobody's way in the trash, but there is no file any more that it could be had back for.
        """
        if not placeless_images(transaction.cursor, [old_image]):
            return None
        if not carry_over(transaction, self._people, self._drawn, old_image, new_image, known=known):
            return None
        replaced = read_hashes(transaction.cursor, [old_image])[old_image]
        self._eraser.erase(transaction, [old_image])
        return replaced

    def _find(self, cursor: Cursor, sha256: str) -> int:
        image_id = find_image_id(cursor, sha256)
        if image_id is None:
            raise image_not_found(self._library_id, sha256)
        return image_id


def _digests(analyses: Sequence[ImageAnalysis]) -> list[int]:
    """Return what stands for images, and for their places."""
    images = [image_digest(analysis.sha256) for analysis in analyses]
    return images + [place_digest(analysis.source.uri) for analysis in analyses if analysis.source.uri]
