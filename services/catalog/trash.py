"""The trash of a library: images that can be had back, until they are erased.

An image in the trash is gone for everybody who does not ask for the trash: its faces leave the people and the clusters
as if it had been erased, so that both are what they would be without it, and come back like those of a new image. What
users said stays: of the image, whose faces they put where, and people of whom they said something, though they have
faces in the trash alone. What they say of these people meanwhile, and take back, holds for these faces too.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from services.catalog.image_eraser import ImageEraser
from services.catalog.not_found import image_not_found
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.database import Database
from services.catalog.storage.faces import read_face_ids
from services.catalog.storage.images import check_image_etag, find_image_id, find_image_ids, touch_images
from services.catalog.storage.transaction import Transaction, utc_now
from services.catalog.storage.trash import among_trashed, count_trash, page_of_trash, restore_image, trash_images
from services.common.errors import FailedPreconditionError, Reason

# Others write between two such parts.
_AT_ONCE: Final = 1_000


class Trash:
    """Moves images of one library to the trash, and out of it again.

    Args:
        database: the library's file.
        library_id: for messages.
        people: of the library.
        eraser: of its images.
        kept: how long an image stays in the trash; nothing is moved there if it is 0.

    """

    def __init__(
        self, database: Database, library_id: str, people: PeopleWriter, eraser: ImageEraser, kept: timedelta
    ) -> None:
        self._database = database
        self._library_id = library_id
        self._people = people
        self._eraser = eraser
        self._kept = kept

    @property
    def keeps(self) -> bool:
        """Whether images stay in it for any time."""
        return bool(self._kept)

    def discard(self, transaction: Transaction, image_ids: Collection[int]) -> None:
        """Move images to the trash, or erase them where nothing is kept; one that is in the trash stays there."""
        if not self._kept:
            self._eraser.erase(transaction, image_ids)
            return
        cursor = transaction.cursor
        moved = sorted(set(image_ids) - among_trashed(cursor, image_ids))
        if not moved:
            return
        transaction.note_images(moved)
        touch_images(cursor, moved, transaction.now)
        face_ids = read_face_ids(cursor, moved)
        trash_images(cursor, moved, transaction.now, transaction.now + self._kept)
        if face_ids:
            self._people.remove(transaction, face_ids)

    def restore(self, transaction: Transaction, image_ids: Collection[int]) -> None:
        """Take those of the images that are there out of the trash."""
        cursor = transaction.cursor
        restored = sorted(among_trashed(cursor, image_ids))
        if not restored:
            return
        transaction.note_images(restored)
        touch_images(cursor, restored, transaction.now)
        for image_id in restored:
            faces = restore_image(cursor, image_id)
            if len(faces.ids):
                self._people.restore(transaction, faces)

    def undelete(self, sha256: str, *, etag: str = "") -> None:
        """Take an image out of the trash; nothing changes if it is not there.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            image_id = find_image_id(transaction.cursor, sha256)
            if image_id is None:
                raise image_not_found(self._library_id, sha256)
            check_image_etag(transaction.cursor, self._library_id, image_id, etag)
            if among_trashed(transaction.cursor, [image_id]):
                self.restore(transaction, [image_id])
                transaction.commit()

    def purge(self, hashes: Sequence[str], *, validate_only: bool = False) -> int:
        """Erase images that are in the trash, all of them at once; unknown ones are passed over. Return how many.

        Raises:
            FailedPreconditionError: IMAGE_NOT_IN_TRASH.

        """
        with self._database.write() as transaction:
            found = find_image_ids(transaction.cursor, hashes)
            trashed = among_trashed(transaction.cursor, found.values())
            for sha256 in hashes:
                if sha256 in found and found[sha256] not in trashed:
                    raise FailedPreconditionError(
                        Reason.IMAGE_NOT_IN_TRASH,
                        f"Image {sha256!r} is not in the trash. Delete it first, then erase it.",
                        resource=f"libraries/{self._library_id}/images/{sha256}",
                    )
            if trashed and not validate_only:
                self._eraser.erase(transaction, trashed)
                transaction.commit()
        return len(trashed)

    def purge_all(self, *, validate_only: bool = False) -> int:
        """Erase all images that are in the trash, some at a time, while others write; return how many."""
        if validate_only:
            with self._database.read() as cursor:
                return count_trash(cursor)
        return self._purge(due_only=False)

    def purge_due(self) -> int:
        """Erase the images whose time in the trash is over; return how many."""
        return self._purge(due_only=True)

    def _purge(self, *, due_only: bool) -> int:
        # What is moved to the trash from now on is not meant.
        begun, erased = utc_now(), 0
        while True:
            with self._database.write() as transaction:
                due = page_of_trash(transaction.cursor, _AT_ONCE, begun, due_only=due_only)
                if not due:
                    return erased
                self._eraser.erase(transaction, due)
                transaction.commit()
            erased += len(due)
