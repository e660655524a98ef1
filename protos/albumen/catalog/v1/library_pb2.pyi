import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LibraryState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIBRARY_STATE_UNSPECIFIED: _ClassVar[LibraryState]
    LIBRARY_STATE_READY: _ClassVar[LibraryState]
    LIBRARY_STATE_UNAVAILABLE: _ClassVar[LibraryState]
LIBRARY_STATE_UNSPECIFIED: LibraryState
LIBRARY_STATE_READY: LibraryState
LIBRARY_STATE_UNAVAILABLE: LibraryState

class Library(_message.Message):
    __slots__ = ("name", "display_name", "state", "error", "image_count", "face_count", "person_count", "embedding_space", "create_time", "update_time", "etag", "trashed_image_count", "ungrouped_face_count", "clustering", "file_bytes", "faces_folder_bytes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    PERSON_COUNT_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_SPACE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    TRASHED_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNGROUPED_FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLUSTERING_FIELD_NUMBER: _ClassVar[int]
    FILE_BYTES_FIELD_NUMBER: _ClassVar[int]
    FACES_FOLDER_BYTES_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    state: LibraryState
    error: _status_pb2.Status
    image_count: int
    face_count: int
    person_count: int
    embedding_space: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    trashed_image_count: int
    ungrouped_face_count: int
    clustering: ClusteringParameters
    file_bytes: int
    faces_folder_bytes: int
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., state: _Optional[_Union[LibraryState, str]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., image_count: _Optional[int] = ..., face_count: _Optional[int] = ..., person_count: _Optional[int] = ..., embedding_space: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., trashed_image_count: _Optional[int] = ..., ungrouped_face_count: _Optional[int] = ..., clustering: _Optional[_Union[ClusteringParameters, _Mapping]] = ..., file_bytes: _Optional[int] = ..., faces_folder_bytes: _Optional[int] = ...) -> None: ...

class ClusteringParameters(_message.Message):
    __slots__ = ("eps", "min_samples", "min_quality")
    EPS_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    MIN_QUALITY_FIELD_NUMBER: _ClassVar[int]
    eps: float
    min_samples: int
    min_quality: float
    def __init__(self, eps: _Optional[float] = ..., min_samples: _Optional[int] = ..., min_quality: _Optional[float] = ...) -> None: ...
