import datetime

from albumen.catalog.v1 import face_pb2 as _face_pb2
from albumen.types.v1 import detection_pb2 as _detection_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import datetime_pb2 as _datetime_pb2
from google.type import latlng_pb2 as _latlng_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Image(_message.Message):
    __slots__ = ("name", "file_name", "source_uris", "mime_type", "size_bytes", "size", "capture_time", "camera", "location", "objects", "faces", "object_model", "face_model", "create_time", "update_time", "etag", "favorite", "rating", "description", "tags", "delete_time", "purge_time", "albums", "number")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_URIS_FIELD_NUMBER: _ClassVar[int]
    MIME_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_TIME_FIELD_NUMBER: _ClassVar[int]
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_MODEL_FIELD_NUMBER: _ClassVar[int]
    FACE_MODEL_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FAVORITE_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    DELETE_TIME_FIELD_NUMBER: _ClassVar[int]
    PURGE_TIME_FIELD_NUMBER: _ClassVar[int]
    ALBUMS_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    name: str
    file_name: str
    source_uris: _containers.RepeatedScalarFieldContainer[str]
    mime_type: str
    size_bytes: int
    size: _geometry_pb2.PixelSize
    capture_time: _datetime_pb2.DateTime
    camera: Camera
    location: _latlng_pb2.LatLng
    objects: _containers.RepeatedCompositeFieldContainer[_detection_pb2.ObjectDetection]
    faces: _containers.RepeatedCompositeFieldContainer[_face_pb2.Face]
    object_model: str
    face_model: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    favorite: bool
    rating: int
    description: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    delete_time: _timestamp_pb2.Timestamp
    purge_time: _timestamp_pb2.Timestamp
    albums: _containers.RepeatedScalarFieldContainer[str]
    number: int
    def __init__(self, name: _Optional[str] = ..., file_name: _Optional[str] = ..., source_uris: _Optional[_Iterable[str]] = ..., mime_type: _Optional[str] = ..., size_bytes: _Optional[int] = ..., size: _Optional[_Union[_geometry_pb2.PixelSize, _Mapping]] = ..., capture_time: _Optional[_Union[_datetime_pb2.DateTime, _Mapping]] = ..., camera: _Optional[_Union[Camera, _Mapping]] = ..., location: _Optional[_Union[_latlng_pb2.LatLng, _Mapping]] = ..., objects: _Optional[_Iterable[_Union[_detection_pb2.ObjectDetection, _Mapping]]] = ..., faces: _Optional[_Iterable[_Union[_face_pb2.Face, _Mapping]]] = ..., object_model: _Optional[str] = ..., face_model: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., favorite: bool = ..., rating: _Optional[int] = ..., description: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., delete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., purge_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., albums: _Optional[_Iterable[str]] = ..., number: _Optional[int] = ...) -> None: ...

class Camera(_message.Message):
    __slots__ = ("make", "model")
    MAKE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    make: str
    model: str
    def __init__(self, make: _Optional[str] = ..., model: _Optional[str] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("uri", "image", "file_name", "size_bytes", "modify_time", "missing_time")
    URI_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MODIFY_TIME_FIELD_NUMBER: _ClassVar[int]
    MISSING_TIME_FIELD_NUMBER: _ClassVar[int]
    uri: str
    image: str
    file_name: str
    size_bytes: int
    modify_time: _timestamp_pb2.Timestamp
    missing_time: _timestamp_pb2.Timestamp
    def __init__(self, uri: _Optional[str] = ..., image: _Optional[str] = ..., file_name: _Optional[str] = ..., size_bytes: _Optional[int] = ..., modify_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., missing_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LabelCount(_message.Message):
    __slots__ = ("label", "image_count")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    label: str
    image_count: int
    def __init__(self, label: _Optional[str] = ..., image_count: _Optional[int] = ...) -> None: ...
