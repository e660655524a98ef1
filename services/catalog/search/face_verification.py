"""Whether two faces, or faces of two images, are one person's, be they the library's or from elsewhere."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Vectors
from services.catalog.not_found import face_not_found, image_not_found
from services.catalog.parts import PLAIN_FACE, FaceParts
from services.catalog.people.likeness import likeliest_pair
from services.catalog.records import FaceRecord
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.face_records import find_faces
from services.catalog.storage.faces import read_face_ids
from services.catalog.storage.images import find_image_id
from services.catalog.storage.known import Known
from services.catalog.storage.library_row import read_parameters, read_space
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, Box
from services.common.errors import FailedPreconditionError, Reason
from services.common.excerpt import excerpt


@dataclass(frozen=True, slots=True)
class OneFace:
    """A face of the library is compared."""

    face_id: int


@dataclass(frozen=True, slots=True)
class FacesOfImage:
    """Every face of an image is compared."""

    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class OutsideFaces:
    """Faces that are not the library's are compared.

    Attributes:
        faces: with their embeddings; their ids are 0, and they are of no image.
        space: that the embeddings live in; empty if the caller is sure that it is the library's.
        field: of the request that they are from, for messages.
        photo: SHA-256 of the file that they are all from; empty if that is not known.

    """

    faces: tuple[FaceRecord, ...]
    space: str
    field: str
    photo: str = ""


Compared = OneFace | FacesOfImage | OutsideFaces
# Pixels by which the box of one face may differ where it was found twice in the same file.
_SAME_PLACE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Verification:
    """The likeliest pair.

    Attributes:
        first: its face of the first side, without embedding and thumbnail.
        second: that of the second.
        distance: cosine distance, 0 to 2.
        probability: that both are one person's, 0 to 1, see `likeness`.
        same_person: whether the library would put the two together, if it held no other faces.

    """

    first: FaceRecord
    second: FaceRecord
    distance: float
    probability: float
    same_person: bool


class FaceVerification:
    """Compares faces of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        known: what was read of the library before.
        library_id: for messages.

    """

    def __init__(self, database: Database, known: Known, library_id: str) -> None:
        self._database = database
        self._known = known
        self._library_id = library_id

    def verify(self, first: Compared, second: Compared) -> Verification:
        """Compare each face of one side with each of the other.

        Raises:
            NotFoundError: FACE_NOT_FOUND or IMAGE_NOT_FOUND.
            FailedPreconditionError: NO_FACE, an image or a photo has none; EMBEDDING_SPACE_MISMATCH.

        """
        with self._database.read() as cursor:
            parameters = read_parameters(cursor)
            ones, others = self._faces(cursor, first), self._faces(cursor, second)
            self._check_spaces(read_space(cursor), first, second)
        likeness = likeliest_pair(_vectors(ones), _vectors(others))
        one, other = (replace(face, embedding=None) for face in (ones[likeness.first], others[likeness.second]))
        clear = min(one.quality, other.quality) >= parameters.min_quality
        photo = _photo_of(one, first)
        if photo and photo == _photo_of(other, second):
            # One photo doesn't show a person twice.
            same = one.id == other.id if one.id and other.id else _at_one_place(one.box, other.box)
        else:
            same = clear and likeness.is_enough(parameters)
        return Verification(one, other, likeness.distance, likeness.probability, same)

    def _check_spaces(self, own: str, *sides: Compared) -> None:
        """Refuse faces of which distances would mean nothing."""
        spaces = {side.space for side in sides if isinstance(side, OutsideFaces)} - {""}
        if len(spaces | {own} - {""}) <= 1:
            return
        shown = " and ".join(repr(excerpt(space)) for space in sorted(spaces))
        told = (
            f"What is compared lives in the space {shown}, the faces of library {self._library_id!r} in {own!r}, and "
            "distances between different ones mean nothing. Use the embedder that the library was made with."
        )
        if not own:
            told = f"The two sides live in {shown}, and distances between them mean nothing. Use one embedder for both."
        raise FailedPreconditionError(
            Reason.EMBEDDING_SPACE_MISMATCH,
            told,
            resource=f"libraries/{self._library_id}",
            metadata={"library_space": own, "query_space": excerpt(min(spaces - {own}))},
        )

    def _faces(self, cursor: Cursor, compared: Compared) -> tuple[FaceRecord, ...]:
        if isinstance(compared, OutsideFaces):
            if compared.faces:
                return compared.faces
            raise FailedPreconditionError(
                Reason.NO_FACE, "The photo has no face to compare. Send another one.", field=compared.field
            )
        if isinstance(compared, OneFace):
            ids = [compared.face_id]
        else:
            image_id = find_image_id(cursor, compared.sha256)
            if image_id is None:
                raise image_not_found(self._library_id, compared.sha256)
            ids = read_face_ids(cursor, [image_id])
        faces = find_faces(cursor, self._known, ids, PLAIN_FACE | FaceParts.EMBEDDING)
        if faces:
            return faces
        if isinstance(compared, OneFace):
            raise face_not_found(self._library_id, compared.face_id)
        raise FailedPreconditionError(
            Reason.NO_FACE,
            "The image has no face to compare; one in the trash has none either. Name another image.",
            resource=f"libraries/{self._library_id}/images/{compared.sha256}",
        )


def _photo_of(face: FaceRecord, side: Compared) -> str:
    """Return the SHA-256 of the file that a face is from; empty if it is not known."""
    return side.photo if isinstance(side, OutsideFaces) else face.image_sha256


def _at_one_place(one: Box, other: Box) -> bool:
    corners = zip(
        (one.left, one.top, one.left + one.width, one.top + one.height),
        (other.left, other.top, other.left + other.width, other.top + other.height),
        strict=True,
    )
    return all(abs(first - second) <= _SAME_PLACE for first, second in corners)


def _vectors(faces: tuple[FaceRecord, ...]) -> Vectors:
    joined = b"".join(face.embedding or b"" for face in faces)
    return np.frombuffer(joined, "<f4").reshape(-1, EMBEDDING_DIMENSIONS).astype(np.float32)
