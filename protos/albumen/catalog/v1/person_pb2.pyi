import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Person(_message.Message):
    __slots__ = ("name", "display_name", "hidden", "cover_face", "cover_thumbnail", "face_count", "image_count", "create_time", "update_time", "etag", "cover_chosen", "favorite", "birth_date")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    COVER_FACE_FIELD_NUMBER: _ClassVar[int]
    COVER_THUMBNAIL_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    COVER_CHOSEN_FIELD_NUMBER: _ClassVar[int]
    FAVORITE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    hidden: bool
    cover_face: str
    cover_thumbnail: bytes
    face_count: int
    image_count: int
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    cover_chosen: bool
    favorite: bool
    birth_date: _date_pb2.Date
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., hidden: bool = ..., cover_face: _Optional[str] = ..., cover_thumbnail: _Optional[bytes] = ..., face_count: _Optional[int] = ..., image_count: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., cover_chosen: bool = ..., favorite: bool = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...
