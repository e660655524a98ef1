import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANGE_KIND_UNSPECIFIED: _ClassVar[ChangeKind]
    CHANGE_KIND_CREATED: _ClassVar[ChangeKind]
    CHANGE_KIND_UPDATED: _ClassVar[ChangeKind]
    CHANGE_KIND_DELETED: _ClassVar[ChangeKind]

class ResourceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOURCE_KIND_UNSPECIFIED: _ClassVar[ResourceKind]
    RESOURCE_KIND_LIBRARY: _ClassVar[ResourceKind]
    RESOURCE_KIND_IMAGE: _ClassVar[ResourceKind]
    RESOURCE_KIND_PERSON: _ClassVar[ResourceKind]
    RESOURCE_KIND_EDIT: _ClassVar[ResourceKind]
    RESOURCE_KIND_ALBUM: _ClassVar[ResourceKind]
    RESOURCE_KIND_FOLDER: _ClassVar[ResourceKind]
CHANGE_KIND_UNSPECIFIED: ChangeKind
CHANGE_KIND_CREATED: ChangeKind
CHANGE_KIND_UPDATED: ChangeKind
CHANGE_KIND_DELETED: ChangeKind
RESOURCE_KIND_UNSPECIFIED: ResourceKind
RESOURCE_KIND_LIBRARY: ResourceKind
RESOURCE_KIND_IMAGE: ResourceKind
RESOURCE_KIND_PERSON: ResourceKind
RESOURCE_KIND_EDIT: ResourceKind
RESOURCE_KIND_ALBUM: ResourceKind
RESOURCE_KIND_FOLDER: ResourceKind

class Event(_message.Message):
    __slots__ = ("sequence_number", "change", "resource_kind", "resource", "image_number", "event_time")
    SEQUENCE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_KIND_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    sequence_number: int
    change: ChangeKind
    resource_kind: ResourceKind
    resource: str
    image_number: int
    event_time: _timestamp_pb2.Timestamp
    def __init__(self, sequence_number: _Optional[int] = ..., change: _Optional[_Union[ChangeKind, str]] = ..., resource_kind: _Optional[_Union[ResourceKind, str]] = ..., resource: _Optional[str] = ..., image_number: _Optional[int] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
