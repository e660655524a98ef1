"""Messages of faces."""

import math
from typing import Final

from albumen.catalog.v1 import face_pb2
from albumen.types.v1 import detection_pb2
from services.catalog.parts import FaceParts
from services.catalog.records import FaceRecord
from services.catalog.servicers.messages import box_message
from services.catalog.servicers.record_fields import RecordFields
from services.catalog.servicers.resource_names import child_name

_NAME_ONLY: Final = FaceParts(0)


def _person(library: str, face: FaceRecord) -> str:
    return child_name(library, "people", face.person_id) if face.person_id else ""


def _name(library: str, face: FaceRecord) -> str:
    return child_name(library, "faces", str(face.id)) if face.id else ""


def _image(library: str, face: FaceRecord) -> str:
    return child_name(library, "images", face.image_sha256) if face.image_sha256 else ""


def _origin(_: str, face: FaceRecord) -> face_pb2.FaceOrigin:
    if face.drawn:
        return face_pb2.FACE_ORIGIN_DRAWN
    return face_pb2.FACE_ORIGIN_DETECTED if face.id else face_pb2.FACE_ORIGIN_UNSPECIFIED


def _landmarks(_: str, face: FaceRecord) -> detection_pb2.FaceLandmarks | None:
    if math.isnan(face.landmarks[0][0]):
        return None
    message = detection_pb2.FaceLandmarks()
    points = (message.left_eye, message.right_eye, message.nose, message.mouth_left, message.mouth_right)
    # Filled in place, as a message that is handed over is copied.
    for point, (x, y) in zip(points, face.landmarks, strict=True):
        point.x, point.y = x, y
    return message


FACE_FIELDS: Final = RecordFields[face_pb2.Face, FaceRecord, FaceParts](
    face_pb2.Face,
    {
        "name": (_NAME_ONLY, _name),
        "image": (FaceParts.IMAGE, _image),
        "person": (FaceParts.PERSON, _person),
        "pinned": (FaceParts.PERSON, lambda _, face: face.pinned),
        "box": (FaceParts.BOX, lambda _, face: box_message(face.box)),
        "landmarks": (FaceParts.SIGHT, _landmarks),
        "score": (FaceParts.SIGHT, lambda _, face: face.score),
        "quality_score": (FaceParts.SIGHT, lambda _, face: face.quality),
        "embedding_space": (FaceParts.SPACE, lambda _, face: face.embedding_space),
        "embedding": (FaceParts.EMBEDDING, lambda _, face: face.embedding),
        "person_display_name": (FaceParts.PERSON | FaceParts.NAME, lambda _, face: face.person_name),
        "origin": (FaceParts.SIGHT, _origin),
        "thumbnail": (FaceParts.THUMBNAIL, lambda _, face: face.thumbnail),
    },
)
face_message: Final = FACE_FIELDS.whole.message
