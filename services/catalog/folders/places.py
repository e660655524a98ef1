"""What is known of the files in folders; each method that writes is one durable transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.image_writer import Forgotten, ImageWriter
from services.catalog.storage.database import Database
from services.catalog.storage.folder_places import (
    KnownPlace,
    has_places,
    mark_missing,
    page_of_places,
    sizes_of_images,
)
from services.catalog.storage.images import find_image_ids, read_hashes
from services.catalog.storage.sources import delete_sources
from services.catalog.vocabulary import Source


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose bytes are those of an image that is there already.

    Attributes:
        image_id: the image.
        source: where the file is.
        restores: whether the image is to leave the trash if it is there: not if its file was only moved.

    """

    image_id: int
    source: Source
    restores: bool = False


class FolderPlaces:
    """Reads and writes the places of one library's images; methods may be called from any thread.

    Args:
        database: the library's file.
        images: writes its images.

    """

    def __init__(self, database: Database, images: ImageWriter) -> None:
        self._database = database
        self._images = images

    def page(self, root_uri: str, after: str | None, limit: int) -> list[KnownPlace]:
        """Return up to `limit` places below a folder by uri, those behind `after`."""
        with self._database.read() as cursor:
            return page_of_places(cursor, root_uri, after, limit)

    def has_any(self, root_uri: str) -> bool:
        """Return whether any place below a folder is known."""
        with self._database.read() as cursor:
            return has_places(cursor, root_uri)

    def sizes_of_images(self, sizes: Collection[int]) -> set[int]:
        """Return those of the sizes that the files of images have: a file of another size is surely new."""
        with self._database.read() as cursor:
            return sizes_of_images(cursor, sizes)

    def find_images(self, hashes: Collection[str]) -> dict[str, int]:
        """Return SHA-256 -> id, of the images that are there, be they in the trash or not."""
        with self._database.read() as cursor:
            return find_image_ids(cursor, hashes)

    def settle(self, files: Sequence[KnownFile], left: Collection[str] = ()) -> list[KnownFile]:
        """Note where known files are, and forget the places that they have left, at once.

        Returns:
            Those whose images are not there any more, and which are as new as others.

        """
        uris = [file.source.uri for file in files]
        with self._database.exclusive():
            self._images.note_places(uris)
            with self._database.write() as transaction:
                there = read_hashes(transaction.cursor, {file.image_id for file in files})
                kept = [file for file in files if file.image_id in there]
                restored = {file.image_id for file in kept if file.restores}
                self._images.place_together(transaction, [(file.image_id, file.source) for file in kept], restored)
                if left:
                    delete_sources(transaction.cursor, left)
                    transaction.note_erasure()
                transaction.commit()
        return [file for file in files if file.image_id not in there]

    def forget(self, uris: Sequence[str]) -> Forgotten:
        """Forget places, and move the images that have no other to the trash; nothing is erased by that.

        Where no trash is kept, nothing is forgotten.
        """
        return self._images.forget_sources(uris) if self._images.keeps_trash else Forgotten(0, ())

    def mark(self, uris: Sequence[str], missing_since: datetime | None) -> None:
        """Note since when files are missing, naive UTC; None for those that are back."""
        with self._database.write() as transaction:
            mark_missing(transaction, uris, missing_since)
            transaction.commit()
