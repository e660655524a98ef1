"""What is searched for: embeddings of faces, and where they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.not_found import face_not_found, image_not_found, person_not_found
from services.catalog.parts import FaceParts
from services.catalog.search.face_ranking import exemplars
from services.catalog.storage import faces as face_table
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.face_records import find_faces
from services.catalog.storage.images import find_image_id
from services.catalog.storage.known import Known
from services.catalog.storage.library_row import read_space
from services.catalog.storage.people import find_person_number
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, UNIT_TOLERANCE, Box
from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.number_text import float64_text

Vectors = npt.NDArray[np.float32]

_EMBEDDING_BYTES: Final = 4 * EMBEDDING_DIMENSIONS
_EXEMPLAR_CANDIDATES: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class SearchQuery:
    """What is searched for.

    Attributes:
        vectors: unit float32 [m, 512]; the distance to the nearest of them counts.
        face_id: the face of the library that is searched for; left out of its own results.
        person_id: the person of the library who is searched for; left out of their own results.
        box: where the face is in its photo, in pixels of the upright image.

    """

    vectors: Vectors
    face_id: int | None = None
    person_id: str | None = None
    box: Box | None = None


def embedding_query(embedding: bytes, *, field: str) -> SearchQuery:
    """Return the query of an embedding from elsewhere, 512 little-endian float32 of unit length.

    Raises:
        InvalidArgumentError: EMBEDDING_INVALID, of `field`.

    """
    if len(embedding) != _EMBEDDING_BYTES:
        raise InvalidArgumentError(
            Reason.EMBEDDING_INVALID,
            f"An embedding has {EMBEDDING_DIMENSIONS} float32 numbers, {_EMBEDDING_BYTES} bytes, not "
            f"{len(embedding)} bytes.",
            field=field,
            metadata={"limit": str(_EMBEDDING_BYTES), "value": str(len(embedding))},
        )
    vector = np.frombuffer(embedding, "<f4").astype(np.float32)
    length = float(np.linalg.norm(vector.astype(np.float64)))
    # Written so that a length that is not a number is refused too.
    if not abs(length - 1) <= UNIT_TOLERANCE:
        raise InvalidArgumentError(
            Reason.EMBEDDING_INVALID,
            f"An embedding has the length 1, and this one {float64_text(length)}. Divide it by its length.",
            field=field,
            metadata={"limit": "1", "value": float64_text(length)},
        )
    return SearchQuery(vector[np.newaxis])


class QueryReader:
    """Makes queries of what one library holds; methods may be called from any thread.

    Args:
        database: the library's file.
        library_id: for messages.

    """

    def __init__(self, database: Database, library_id: str) -> None:
        self._database = database
        self._library_id = library_id

    def check_space(self, space: str) -> None:
        """Refuse embeddings that can't be compared with those of the library.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        with self._database.read() as cursor:
            own = read_space(cursor)
        if own and space != own:
            raise FailedPreconditionError(
                Reason.EMBEDDING_SPACE_MISMATCH,
                f"The query lives in the space {excerpt(space)!r}, the faces of library {self._library_id!r} in "
                f"{own!r}, and distances between the two mean nothing. Use the embedder that the library was made "
                "with.",
                resource=f"libraries/{self._library_id}",
                metadata={"library_space": own, "query_space": excerpt(space)},
            )

    def of_face(self, face_id: int) -> SearchQuery:
        """Return the query of a face of the library.

        Raises:
            NotFoundError: FACE_NOT_FOUND.

        """
        with self._database.read() as cursor:
            queries = _of_faces(cursor, [face_id])
        if not queries:
            raise face_not_found(self._library_id, face_id)
        return queries[0]

    def of_image(self, sha256: str) -> list[SearchQuery]:
        """Return a query for each face of an image of the library, in the order of their ids.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        with self._database.read() as cursor:
            image_id = find_image_id(cursor, sha256)
            if image_id is None:
                raise image_not_found(self._library_id, sha256)
            return _of_faces(cursor, face_table.read_face_ids(cursor, [image_id]))

    def of_person(self, person_id: str) -> SearchQuery:
        """Return the query of a person of the library: some of their faces, sharp and as different as possible.

        The mean of a person's embeddings resembles no real face; these are all real ones. The first is the one of the
        best quality, and each next one is the farthest from those chosen so far, among the 64 of the best quality
        (Gonzalez, Clustering to minimize the maximum intercluster distance, 1985).

        Raises:
            NotFoundError: PERSON_NOT_FOUND.

        """
        with self._database.read() as cursor:
            number = find_person_number(cursor, person_id)
            if number is None:
                raise person_not_found(self._library_id, person_id)
            candidates = face_table.read_best_embeddings(cursor, number, _EXEMPLAR_CANDIDATES)
        return SearchQuery(exemplars(candidates), person_id=person_id)


def _of_faces(cursor: Cursor, face_ids: Sequence[int]) -> list[SearchQuery]:
    queries = []
    for face in find_faces(cursor, Known(), face_ids, FaceParts.BOX | FaceParts.EMBEDDING):
        vector = np.frombuffer(face.embedding or b"", "<f4").astype(np.float32)
        queries.append(SearchQuery(vector[np.newaxis], face.id, box=face.box))
    return queries
