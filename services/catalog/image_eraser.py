"""Images out of a library for good, and the people and the names that go with them."""

from collections.abc import Collection

from services.catalog.edits.forgetting import forget_faceless, forget_names
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.apart import forget_apart
from services.catalog.storage.database import Database
from services.catalog.storage.drawn_faces import delete_faces
from services.catalog.storage.faces import read_face_ids
from services.catalog.storage.images import delete_image_rows, touch_images
from services.catalog.storage.people import delete_faceless
from services.catalog.storage.rejected_faces import images_of_faces
from services.catalog.storage.transaction import Transaction


class ImageEraser:
    """Erases images of one library.

    Args:
        database: the library's file.
        people: of the library.

    """

    def __init__(self, database: Database, people: PeopleWriter) -> None:
        self._database = database
        self._people = people
        # A process before may have deleted something and not come to it.
        self._deleted = True
        self._deleted_now = False

    def erase(self, transaction: Transaction, image_ids: Collection[int]) -> None:
        """Delete images with all that is known of them, the people left without a face, and their names in edits.

        Those in the trash cost the people in memory nothing, who know nothing of their faces.
        """
        transaction.note_images(image_ids)
        face_ids = read_face_ids(transaction.cursor, image_ids)
        delete_image_rows(transaction, image_ids)
        gone = set(self._people.remove(transaction, face_ids) if face_ids else ())
        left = delete_faceless(transaction.cursor)
        forget_apart(transaction.cursor, left)
        gone.update(left.values())
        self._deleted = self._deleted_now = True
        if image_ids:
            transaction.note_erasure()
        if gone:
            forget_names(transaction, gone)

    def erase_faces(self, transaction: Transaction, face_ids: Collection[int]) -> None:
        """Delete faces that users drew, which nobody will find again, be they rejected or in the trash.

        Whoever they were the last faces of is the caller's to end.
        """
        images = images_of_faces(transaction.cursor, face_ids)
        if not images:
            return
        touch_images(transaction.cursor, images, transaction.now)
        transaction.note_images(images)
        if in_sight := delete_faces(transaction.cursor, face_ids):
            self._people.remove(transaction, in_sight)
        self._deleted = self._deleted_now = True
        transaction.note_erasure()

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
