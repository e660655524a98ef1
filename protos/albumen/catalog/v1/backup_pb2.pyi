import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BackupState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKUP_STATE_UNSPECIFIED: _ClassVar[BackupState]
    BACKUP_STATE_READY: _ClassVar[BackupState]
    BACKUP_STATE_DAMAGED: _ClassVar[BackupState]
BACKUP_STATE_UNSPECIFIED: BackupState
BACKUP_STATE_READY: BackupState
BACKUP_STATE_DAMAGED: BackupState

class Backup(_message.Message):
    __slots__ = ("name", "library", "state", "create_time", "expire_time", "size_bytes", "library_display_name", "image_count", "trashed_image_count", "face_count", "person_count", "album_count", "embedding_space", "albumen_version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TRASHED_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    PERSON_COUNT_FIELD_NUMBER: _ClassVar[int]
    ALBUM_COUNT_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_SPACE_FIELD_NUMBER: _ClassVar[int]
    ALBUMEN_VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    library: str
    state: BackupState
    create_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    size_bytes: int
    library_display_name: str
    image_count: int
    trashed_image_count: int
    face_count: int
    person_count: int
    album_count: int
    embedding_space: str
    albumen_version: str
    def __init__(self, name: _Optional[str] = ..., library: _Optional[str] = ..., state: _Optional[_Union[BackupState, str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., size_bytes: _Optional[int] = ..., library_display_name: _Optional[str] = ..., image_count: _Optional[int] = ..., trashed_image_count: _Optional[int] = ..., face_count: _Optional[int] = ..., person_count: _Optional[int] = ..., album_count: _Optional[int] = ..., embedding_space: _Optional[str] = ..., albumen_version: _Optional[str] = ...) -> None: ...
