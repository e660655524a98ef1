from albumen.catalog.v1 import picture_pb2 as _picture_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetThumbnailRequest(_message.Message):
    __slots__ = ("name", "max_side", "format", "square", "annotated", "known_etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAX_SIDE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    SQUARE_FIELD_NUMBER: _ClassVar[int]
    ANNOTATED_FIELD_NUMBER: _ClassVar[int]
    KNOWN_ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    max_side: int
    format: _picture_pb2.PictureFormat
    square: bool
    annotated: bool
    known_etag: str
    def __init__(self, name: _Optional[str] = ..., max_side: _Optional[int] = ..., format: _Optional[_Union[_picture_pb2.PictureFormat, str]] = ..., square: bool = ..., annotated: bool = ..., known_etag: _Optional[str] = ...) -> None: ...

class GetThumbnailResponse(_message.Message):
    __slots__ = ("content", "picture", "unchanged")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    picture: _picture_pb2.Picture
    unchanged: bool
    def __init__(self, content: _Optional[bytes] = ..., picture: _Optional[_Union[_picture_pb2.Picture, _Mapping]] = ..., unchanged: bool = ...) -> None: ...

class PictureForm(_message.Message):
    __slots__ = ("max_side", "format", "annotated")
    MAX_SIDE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    ANNOTATED_FIELD_NUMBER: _ClassVar[int]
    max_side: int
    format: _picture_pb2.PictureFormat
    annotated: bool
    def __init__(self, max_side: _Optional[int] = ..., format: _Optional[_Union[_picture_pb2.PictureFormat, str]] = ..., annotated: bool = ...) -> None: ...

class GetImageContentRequest(_message.Message):
    __slots__ = ("name", "form")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    name: str
    form: PictureForm
    def __init__(self, name: _Optional[str] = ..., form: _Optional[_Union[PictureForm, _Mapping]] = ...) -> None: ...

class GetImageContentResponse(_message.Message):
    __slots__ = ("picture", "content")
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    picture: _picture_pb2.Picture
    content: bytes
    def __init__(self, picture: _Optional[_Union[_picture_pb2.Picture, _Mapping]] = ..., content: _Optional[bytes] = ...) -> None: ...
