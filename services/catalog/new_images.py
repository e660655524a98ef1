"""Images that a library does not hold yet, into its rows and among its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.catalog.events import Resource
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import ImageRecord
from services.catalog.storage.face_owners import FaceOwner
from services.catalog.storage.faces import NewFace
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.images import ensure_labels, image_row, label_rows, read_labels
from services.catalog.storage.library_row import Counter, read_space, write_space
from services.catalog.storage.new_image import new_image_record
from services.catalog.storage.new_rows import NewRows
from services.catalog.storage.previews import preview_row
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import ImageAnalysis
from services.common.errors import FailedPreconditionError, Reason


@dataclass(frozen=True, slots=True)
class InsertedImage:
    """An image that was inserted.

    Attributes:
        id: of the image.
        analysis: what is known of it.
        face_ids: of its faces, in order.
        owners: whose each of them is.

    """

    id: int
    analysis: ImageAnalysis
    face_ids: tuple[int, ...]
    owners: Mapping[int, FaceOwner]


class NewImages:
    """Inserts images that are not there yet, without their places; several cost little more than one.

    Args:
        library_id: for messages.
        people: of the library.

    """

    def __init__(self, library_id: str, people: PeopleWriter) -> None:
        self._library_id = library_id
        self._people = people
        self._image_ids = IdCounter(Counter.IMAGES)
        self._face_ids = IdCounter(Counter.FACES)
        self._labels: dict[str, int] = {}
        self._space = ""

    def insert(
        self, transaction: Transaction, analyses: Sequence[ImageAnalysis]
    ) -> tuple[list[InsertedImage], NewRows]:
        """Bring images, all different and none of them there, among the people; return them, and their rows.

        Of the rows only names of labels and the embedding space are written.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        # Only what is durable may be remembered.
        transaction.on_rollback(self._forget)
        transaction.note_images(())
        cursor, rows = transaction.cursor, NewRows()
        wanted = {found.label for analysis in analyses for found in analysis.objects}
        self._labels = ensure_labels(cursor, wanted, self._labels or read_labels(cursor))
        image_ids = self._image_ids.take(transaction, len(analyses))
        for image_id, analysis in zip(image_ids, analyses, strict=True):
            rows.images.append(image_row(image_id, analysis, self._labels, transaction.now))
            if analysis.preview is not None:
                rows.previews.append(preview_row(image_id, analysis.preview))
            rows.labels += label_rows(image_id, analysis, self._labels)
        faces = self._new_faces(transaction, image_ids, analyses)
        owners, nobody = self._people.insert(transaction, faces, rows), FaceOwner("", pinned=False)
        found: dict[int, dict[int, FaceOwner]] = {image_id: {} for image_id in image_ids}
        for face in faces:
            found[face.image_id][face.id] = owners.get(face.id, nobody)
        images = [
            InsertedImage(image_id, analysis, tuple(found[image_id]), found[image_id])
            for image_id, analysis in zip(image_ids, analyses, strict=True)
        ]
        return images, rows

    def founds_space(self, analyses: Sequence[ImageAnalysis]) -> bool:
        """Return whether the embedding space may be one that these images decide."""
        return not self._space and any(analysis.faces for analysis in analyses)

    def record(self, transaction: Transaction, image: InsertedImage, owners: Mapping[int, FaceOwner]) -> ImageRecord:
        """Return what reading an inserted image would give; `owners` says whose its faces are."""
        return new_image_record(image.id, image.analysis, transaction.now, self._labels, image.face_ids, owners)

    def take_face_id(self, transaction: Transaction) -> int:
        """Return the id of a face that no image brings."""
        return self._face_ids.take(transaction, 1)[0]

    def check_space(self, transaction: Transaction, space: str) -> None:
        """Let the first face decide the embedding space, and refuse others.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        # Only what is durable may be remembered.
        transaction.on_rollback(self._forget)
        self._check_space(transaction, space)

    def give_back_ids(self, transaction: Transaction) -> None:
        """Leave no gap in the ids; meant for closing."""
        self._image_ids.give_back(transaction)
        self._face_ids.give_back(transaction)

    def _new_faces(
        self, transaction: Transaction, image_ids: Sequence[int], analyses: Sequence[ImageAnalysis]
    ) -> list[NewFace]:
        face_ids = iter(self._face_ids.take(transaction, sum(len(analysis.faces) for analysis in analyses)))
        faces = []
        for image_id, analysis in zip(image_ids, analyses, strict=True):
            if analysis.faces:
                self._check_space(transaction, analysis.embedding_space)
            capture_time = analysis.exif.capture_time
            taken = None if capture_time is None else capture_time.date()
            faces += [NewFace(next(face_ids), image_id, face, taken) for face in analysis.faces]
        return faces

    def _check_space(self, transaction: Transaction, space: str) -> None:
        """Let the first face decide the embedding space, and refuse others."""
        own = self._space or read_space(transaction.cursor)
        if not own:
            write_space(transaction.cursor, space)
            transaction.note(Resource.LIBRARY, [0])
        elif own != space:
            raise FailedPreconditionError(
                Reason.EMBEDDING_SPACE_MISMATCH,
                f"The faces of library {self._library_id!r} were embedded in the space {own!r}, the embedder now "
                f"answers in {space!r}, and distances between the two mean nothing. Run the embedder with the model "
                "that the library was made with, or index into a new library.",
                resource=f"libraries/{self._library_id}",
                metadata={"library_space": own, "embedder_space": space},
            )
        self._space = own or space

    def _forget(self) -> None:
        self._labels = {}
        self._space = ""
