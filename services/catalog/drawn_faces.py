"""Faces that users draw by hand, into a library: in rows and in memory."""

from services.catalog.new_images import NewImages
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.drawn_faces import Ground, insert_face
from services.catalog.storage.faces import NewFace
from services.catalog.storage.images import touch_images
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import DetectedFace


class DrawnFaces:
    """Puts faces that users drew on images of one library.

    Args:
        new_images: numbers the faces of the library.
        people: of the library.

    """

    def __init__(self, new_images: NewImages, people: PeopleWriter) -> None:
        self._new_images = new_images
        self._people = people

    def put(self, transaction: Transaction, ground: Ground, seen: DetectedFace, space: str) -> int:
        """Put a face on an image; return its id.

        It stays nobody's until a correction in the same transaction says whose it is, or lets clustering decide.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        self._new_images.check_space(transaction, space)
        face = NewFace(self._new_images.take_face_id(transaction), ground.image_id, seen, ground.taken, drawn=True)
        insert_face(transaction.cursor, face)
        self._people.take_in(transaction, face)
        touch_images(transaction.cursor, [ground.image_id], transaction.now)
        transaction.note_images([ground.image_id])
        return face.id
