from albumen.catalog.v1 import album_pb2 as _album_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import field_info_pb2 as _field_info_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateAlbumRequest(_message.Message):
    __slots__ = ("parent", "album", "validate_only", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    album: _album_pb2.Album
    validate_only: bool
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ...) -> None: ...

class GetAlbumRequest(_message.Message):
    __slots__ = ("name", "read_mask")
    NAME_FIELD_NUMBER: _ClassVar[int]
    READ_MASK_FIELD_NUMBER: _ClassVar[int]
    name: str
    read_mask: _field_mask_pb2.FieldMask
    def __init__(self, name: _Optional[str] = ..., read_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class GetAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ...) -> None: ...

class ListAlbumsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "read_mask", "order_by")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    READ_MASK_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    read_mask: _field_mask_pb2.FieldMask
    order_by: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., read_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., order_by: _Optional[str] = ...) -> None: ...

class ListAlbumsResponse(_message.Message):
    __slots__ = ("albums", "next_page_token")
    ALBUMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    albums: _containers.RepeatedCompositeFieldContainer[_album_pb2.Album]
    next_page_token: str
    def __init__(self, albums: _Optional[_Iterable[_Union[_album_pb2.Album, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateAlbumRequest(_message.Message):
    __slots__ = ("album", "update_mask")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdateAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ...) -> None: ...

class DeleteAlbumRequest(_message.Message):
    __slots__ = ("name", "etag", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class DeleteAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ...) -> None: ...

class AddAlbumImagesRequest(_message.Message):
    __slots__ = ("album", "images", "before", "after")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    album: str
    images: _containers.RepeatedScalarFieldContainer[str]
    before: str
    after: str
    def __init__(self, album: _Optional[str] = ..., images: _Optional[_Iterable[str]] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class AlbumImageResult(_message.Message):
    __slots__ = ("changed", "error")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    error: _status_pb2.Status
    def __init__(self, changed: bool = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class AddAlbumImagesResponse(_message.Message):
    __slots__ = ("album", "results")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    results: _containers.RepeatedCompositeFieldContainer[AlbumImageResult]
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ..., results: _Optional[_Iterable[_Union[AlbumImageResult, _Mapping]]] = ...) -> None: ...

class RemoveAlbumImagesRequest(_message.Message):
    __slots__ = ("album", "images", "validate_only")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    album: str
    images: _containers.RepeatedScalarFieldContainer[str]
    validate_only: bool
    def __init__(self, album: _Optional[str] = ..., images: _Optional[_Iterable[str]] = ..., validate_only: bool = ...) -> None: ...

class RemoveAlbumImagesResponse(_message.Message):
    __slots__ = ("album", "results")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    results: _containers.RepeatedCompositeFieldContainer[AlbumImageResult]
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ..., results: _Optional[_Iterable[_Union[AlbumImageResult, _Mapping]]] = ...) -> None: ...

class MoveAlbumImagesRequest(_message.Message):
    __slots__ = ("album", "images", "before", "after")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    album: str
    images: _containers.RepeatedScalarFieldContainer[str]
    before: str
    after: str
    def __init__(self, album: _Optional[str] = ..., images: _Optional[_Iterable[str]] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class MoveAlbumImagesResponse(_message.Message):
    __slots__ = ("album", "results")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    album: _album_pb2.Album
    results: _containers.RepeatedCompositeFieldContainer[AlbumImageResult]
    def __init__(self, album: _Optional[_Union[_album_pb2.Album, _Mapping]] = ..., results: _Optional[_Iterable[_Union[AlbumImageResult, _Mapping]]] = ...) -> None: ...
