from albumen.catalog.v1 import library_pb2 as _library_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import field_info_pb2 as _field_info_pb2
from google.api import resource_pb2 as _resource_pb2
from google.longrunning import operations_pb2 as _operations_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateLibraryRequest(_message.Message):
    __slots__ = ("library_id", "library")
    LIBRARY_ID_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    library_id: str
    library: _library_pb2.Library
    def __init__(self, library_id: _Optional[str] = ..., library: _Optional[_Union[_library_pb2.Library, _Mapping]] = ...) -> None: ...

class CreateLibraryResponse(_message.Message):
    __slots__ = ("library",)
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    library: _library_pb2.Library
    def __init__(self, library: _Optional[_Union[_library_pb2.Library, _Mapping]] = ...) -> None: ...

class GetLibraryRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetLibraryResponse(_message.Message):
    __slots__ = ("library",)
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    library: _library_pb2.Library
    def __init__(self, library: _Optional[_Union[_library_pb2.Library, _Mapping]] = ...) -> None: ...

class ListLibrariesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLibrariesResponse(_message.Message):
    __slots__ = ("libraries", "next_page_token")
    LIBRARIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    libraries: _containers.RepeatedCompositeFieldContainer[_library_pb2.Library]
    next_page_token: str
    def __init__(self, libraries: _Optional[_Iterable[_Union[_library_pb2.Library, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteLibraryRequest(_message.Message):
    __slots__ = ("name", "force", "etag", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    force: bool
    etag: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., force: bool = ..., etag: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class DeleteLibraryResponse(_message.Message):
    __slots__ = ("library",)
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    library: _library_pb2.Library
    def __init__(self, library: _Optional[_Union[_library_pb2.Library, _Mapping]] = ...) -> None: ...

class ReclusterLibraryRequest(_message.Message):
    __slots__ = ("name", "eps", "min_samples")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    name: str
    eps: float
    min_samples: int
    def __init__(self, name: _Optional[str] = ..., eps: _Optional[float] = ..., min_samples: _Optional[int] = ...) -> None: ...

class ReclusterLibraryResponse(_message.Message):
    __slots__ = ("done_count", "total_count", "moved_face_count")
    DONE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    MOVED_FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    done_count: int
    total_count: int
    moved_face_count: int
    def __init__(self, done_count: _Optional[int] = ..., total_count: _Optional[int] = ..., moved_face_count: _Optional[int] = ...) -> None: ...

class CompactLibraryRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CompactLibraryResponse(_message.Message):
    __slots__ = ("done_count", "total_count", "freed_bytes")
    DONE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    done_count: int
    total_count: int
    freed_bytes: int
    def __init__(self, done_count: _Optional[int] = ..., total_count: _Optional[int] = ..., freed_bytes: _Optional[int] = ...) -> None: ...

class StartReclusteringRequest(_message.Message):
    __slots__ = ("name", "eps", "min_samples", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    eps: float
    min_samples: int
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., eps: _Optional[float] = ..., min_samples: _Optional[int] = ..., request_id: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class StartReclusteringResponse(_message.Message):
    __slots__ = ("moved_face_count",)
    MOVED_FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    moved_face_count: int
    def __init__(self, moved_face_count: _Optional[int] = ...) -> None: ...

class StartCompactionRequest(_message.Message):
    __slots__ = ("name", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class StartCompactionResponse(_message.Message):
    __slots__ = ("freed_bytes",)
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    freed_bytes: int
    def __init__(self, freed_bytes: _Optional[int] = ...) -> None: ...
