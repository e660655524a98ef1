from albumen.types.v1 import detection_pb2 as _detection_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FaceOrigin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FACE_ORIGIN_UNSPECIFIED: _ClassVar[FaceOrigin]
    FACE_ORIGIN_DETECTED: _ClassVar[FaceOrigin]
    FACE_ORIGIN_DRAWN: _ClassVar[FaceOrigin]
FACE_ORIGIN_UNSPECIFIED: FaceOrigin
FACE_ORIGIN_DETECTED: FaceOrigin
FACE_ORIGIN_DRAWN: FaceOrigin

class Face(_message.Message):
    __slots__ = ("name", "image", "person", "pinned", "box", "landmarks", "score", "quality_score", "embedding_space", "embedding", "thumbnail", "person_display_name", "origin")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    PINNED_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    LANDMARKS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    QUALITY_SCORE_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_SPACE_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_FIELD_NUMBER: _ClassVar[int]
    PERSON_DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    name: str
    image: str
    person: str
    pinned: bool
    box: _geometry_pb2.BoundingBox
    landmarks: _detection_pb2.FaceLandmarks
    score: float
    quality_score: float
    embedding_space: str
    embedding: bytes
    thumbnail: bytes
    person_display_name: str
    origin: FaceOrigin
    def __init__(self, name: _Optional[str] = ..., image: _Optional[str] = ..., person: _Optional[str] = ..., pinned: bool = ..., box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ..., landmarks: _Optional[_Union[_detection_pb2.FaceLandmarks, _Mapping]] = ..., score: _Optional[float] = ..., quality_score: _Optional[float] = ..., embedding_space: _Optional[str] = ..., embedding: _Optional[bytes] = ..., thumbnail: _Optional[bytes] = ..., person_display_name: _Optional[str] = ..., origin: _Optional[_Union[FaceOrigin, str]] = ...) -> None: ...
