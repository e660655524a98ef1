from albumen.catalog.v1 import face_pb2 as _face_pb2
from albumen.catalog.v1 import person_pb2 as _person_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EmbeddingQuery(_message.Message):
    __slots__ = ("embedding", "embedding_space")
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_SPACE_FIELD_NUMBER: _ClassVar[int]
    embedding: bytes
    embedding_space: str
    def __init__(self, embedding: _Optional[bytes] = ..., embedding_space: _Optional[str] = ...) -> None: ...

class SearchQuery(_message.Message):
    __slots__ = ("embedding", "face", "image", "person", "content")
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    embedding: EmbeddingQuery
    face: str
    image: str
    person: str
    content: bytes
    def __init__(self, embedding: _Optional[_Union[EmbeddingQuery, _Mapping]] = ..., face: _Optional[str] = ..., image: _Optional[str] = ..., person: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class SearchFacesRequest(_message.Message):
    __slots__ = ("parent", "query", "max_results", "max_distance")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    MAX_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    query: SearchQuery
    max_results: int
    max_distance: float
    def __init__(self, parent: _Optional[str] = ..., query: _Optional[_Union[SearchQuery, _Mapping]] = ..., max_results: _Optional[int] = ..., max_distance: _Optional[float] = ...) -> None: ...

class QueryFace(_message.Message):
    __slots__ = ("face", "box")
    FACE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    face: str
    box: _geometry_pb2.BoundingBox
    def __init__(self, face: _Optional[str] = ..., box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ...) -> None: ...

class FaceMatch(_message.Message):
    __slots__ = ("face", "distance")
    FACE_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_FIELD_NUMBER: _ClassVar[int]
    face: _face_pb2.Face
    distance: float
    def __init__(self, face: _Optional[_Union[_face_pb2.Face, _Mapping]] = ..., distance: _Optional[float] = ...) -> None: ...

class FaceMatches(_message.Message):
    __slots__ = ("query", "matches")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    query: QueryFace
    matches: _containers.RepeatedCompositeFieldContainer[FaceMatch]
    def __init__(self, query: _Optional[_Union[QueryFace, _Mapping]] = ..., matches: _Optional[_Iterable[_Union[FaceMatch, _Mapping]]] = ...) -> None: ...

class SearchFacesResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[FaceMatches]
    def __init__(self, results: _Optional[_Iterable[_Union[FaceMatches, _Mapping]]] = ...) -> None: ...

class SearchPeopleRequest(_message.Message):
    __slots__ = ("parent", "query", "max_results", "max_distance", "show_hidden")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    MAX_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    SHOW_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    query: SearchQuery
    max_results: int
    max_distance: float
    show_hidden: bool
    def __init__(self, parent: _Optional[str] = ..., query: _Optional[_Union[SearchQuery, _Mapping]] = ..., max_results: _Optional[int] = ..., max_distance: _Optional[float] = ..., show_hidden: bool = ...) -> None: ...

class PersonMatch(_message.Message):
    __slots__ = ("person", "distance", "faces")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    person: _person_pb2.Person
    distance: float
    faces: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ..., distance: _Optional[float] = ..., faces: _Optional[_Iterable[str]] = ...) -> None: ...

class PersonMatches(_message.Message):
    __slots__ = ("query", "matches")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    query: QueryFace
    matches: _containers.RepeatedCompositeFieldContainer[PersonMatch]
    def __init__(self, query: _Optional[_Union[QueryFace, _Mapping]] = ..., matches: _Optional[_Iterable[_Union[PersonMatch, _Mapping]]] = ...) -> None: ...

class SearchPeopleResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[PersonMatches]
    def __init__(self, results: _Optional[_Iterable[_Union[PersonMatches, _Mapping]]] = ...) -> None: ...

class VerifiedFaces(_message.Message):
    __slots__ = ("face", "image", "content", "embedding")
    FACE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    face: str
    image: str
    content: bytes
    embedding: EmbeddingQuery
    def __init__(self, face: _Optional[str] = ..., image: _Optional[str] = ..., content: _Optional[bytes] = ..., embedding: _Optional[_Union[EmbeddingQuery, _Mapping]] = ...) -> None: ...

class VerifyFacesRequest(_message.Message):
    __slots__ = ("parent", "first", "second")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    parent: str
    first: VerifiedFaces
    second: VerifiedFaces
    def __init__(self, parent: _Optional[str] = ..., first: _Optional[_Union[VerifiedFaces, _Mapping]] = ..., second: _Optional[_Union[VerifiedFaces, _Mapping]] = ...) -> None: ...

class VerifyFacesResponse(_message.Message):
    __slots__ = ("first", "second", "distance", "probability", "same_person")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    SAME_PERSON_FIELD_NUMBER: _ClassVar[int]
    first: _face_pb2.Face
    second: _face_pb2.Face
    distance: float
    probability: float
    same_person: bool
    def __init__(self, first: _Optional[_Union[_face_pb2.Face, _Mapping]] = ..., second: _Optional[_Union[_face_pb2.Face, _Mapping]] = ..., distance: _Optional[float] = ..., probability: _Optional[float] = ..., same_person: bool = ...) -> None: ...
