"""What VerifyFaces compares, and what it answers of that."""

from typing import NamedTuple

from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1.face_pb2 import Face
from services.catalog.records import FaceRecord
from services.catalog.search.face_verification import Compared, FacesOfImage, OneFace, OutsideFaces
from services.catalog.search.query import embedding_query
from services.catalog.servicers.face_message import face_message
from services.catalog.servicers.resource_names import parse_own, parse_own_number
from services.catalog.vocabulary import Box
from services.common.errors import InvalidArgumentError, Reason


class SentPhoto(NamedTuple):
    """A photo that came with a request, and the field that has it."""

    content: bytes
    field: str


def parse_compared(faces: pb.VerifiedFaces, library: str | None, *, field: str) -> Compared | SentPhoto:
    """Return what is to be compared; `library` is that of the request, if it is known.

    Raises:
        InvalidArgumentError: QUERY_MISSING, RESOURCE_NAME_INVALID or EMBEDDING_INVALID.

    """
    match faces.WhichOneof("source"):
        case "face":
            return OneFace(parse_own_number(faces.face, "faces", library, field=f"{field}.face"))
        case "image":
            return FacesOfImage(parse_own(faces.image, "images", library, field=f"{field}.image"))
        case "content":
            return SentPhoto(faces.content, f"{field}.content")
        case "embedding":
            return _outside_face(faces.embedding, f"{field}.embedding.embedding")
        case _:
            raise InvalidArgumentError(
                Reason.QUERY_MISSING, "Say what to compare: face, image, content or embedding.", field=field
            )


def _outside_face(query: pb.EmbeddingQuery, field: str) -> OutsideFaces:
    """Return the face of an embedding, of which nothing else is known; without a space the caller vouches for it."""
    checked = embedding_query(query.embedding, field=field)
    face = FaceRecord(
        id=0,
        image_sha256="",
        person_id=None,
        box=Box(0, 0, 0, 0),
        landmarks=(),
        score=0,
        quality=1,
        embedding_space=query.embedding_space,
        embedding=checked.vectors[0].astype("<f4").tobytes(),
    )
    return OutsideFaces((face,), query.embedding_space, field)


def compared_face(library: str, face: FaceRecord) -> Face:
    """Return a face that was compared; one of an embedding has nothing but its space."""
    return face_message(library, face) if face.landmarks else Face(embedding_space=face.embedding_space)
