import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EditKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EDIT_KIND_UNSPECIFIED: _ClassVar[EditKind]
    EDIT_KIND_MERGE: _ClassVar[EditKind]
    EDIT_KIND_SPLIT: _ClassVar[EditKind]
    EDIT_KIND_REASSIGN: _ClassVar[EditKind]
    EDIT_KIND_SEPARATE: _ClassVar[EditKind]
    EDIT_KIND_UPDATE: _ClassVar[EditKind]
    EDIT_KIND_REJECT: _ClassVar[EditKind]
    EDIT_KIND_ACCEPT: _ClassVar[EditKind]
    EDIT_KIND_DRAW: _ClassVar[EditKind]
EDIT_KIND_UNSPECIFIED: EditKind
EDIT_KIND_MERGE: EditKind
EDIT_KIND_SPLIT: EditKind
EDIT_KIND_REASSIGN: EditKind
EDIT_KIND_SEPARATE: EditKind
EDIT_KIND_UPDATE: EditKind
EDIT_KIND_REJECT: EditKind
EDIT_KIND_ACCEPT: EditKind
EDIT_KIND_DRAW: EditKind

class Edit(_message.Message):
    __slots__ = ("name", "kind", "create_time", "undone", "face_count", "person_count", "people")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UNDONE_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    PERSON_COUNT_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: EditKind
    create_time: _timestamp_pb2.Timestamp
    undone: bool
    face_count: int
    person_count: int
    people: _containers.RepeatedCompositeFieldContainer[PersonChange]
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[EditKind, str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., undone: bool = ..., face_count: _Optional[int] = ..., person_count: _Optional[int] = ..., people: _Optional[_Iterable[_Union[PersonChange, _Mapping]]] = ...) -> None: ...

class PersonChange(_message.Message):
    __slots__ = ("person", "display_name_before", "display_name_after", "face_count_before", "face_count_after", "hidden_before", "hidden_after", "favorite_before", "favorite_after", "birth_date_before", "birth_date_after", "cover_face_before", "cover_face_after")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_BEFORE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_AFTER_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_AFTER_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_BEFORE_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_AFTER_FIELD_NUMBER: _ClassVar[int]
    FAVORITE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    FAVORITE_AFTER_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_AFTER_FIELD_NUMBER: _ClassVar[int]
    COVER_FACE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    COVER_FACE_AFTER_FIELD_NUMBER: _ClassVar[int]
    person: str
    display_name_before: str
    display_name_after: str
    face_count_before: int
    face_count_after: int
    hidden_before: bool
    hidden_after: bool
    favorite_before: bool
    favorite_after: bool
    birth_date_before: _date_pb2.Date
    birth_date_after: _date_pb2.Date
    cover_face_before: str
    cover_face_after: str
    def __init__(self, person: _Optional[str] = ..., display_name_before: _Optional[str] = ..., display_name_after: _Optional[str] = ..., face_count_before: _Optional[int] = ..., face_count_after: _Optional[int] = ..., hidden_before: bool = ..., hidden_after: bool = ..., favorite_before: bool = ..., favorite_after: bool = ..., birth_date_before: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., birth_date_after: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., cover_face_before: _Optional[str] = ..., cover_face_after: _Optional[str] = ...) -> None: ...
