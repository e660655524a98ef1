from albumen.catalog.v1 import edit_pb2 as _edit_pb2
from albumen.catalog.v1 import face_pb2 as _face_pb2
from albumen.catalog.v1 import person_pb2 as _person_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import field_info_pb2 as _field_info_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MergePeopleRequest(_message.Message):
    __slots__ = ("person", "others", "etag", "validate_only", "request_id")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    OTHERS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    person: str
    others: _containers.RepeatedScalarFieldContainer[str]
    etag: str
    validate_only: bool
    request_id: str
    def __init__(self, person: _Optional[str] = ..., others: _Optional[_Iterable[str]] = ..., etag: _Optional[str] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class MergePeopleResponse(_message.Message):
    __slots__ = ("edit", "person")
    EDIT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    person: _person_pb2.Person
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ..., person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ...) -> None: ...

class SplitPersonRequest(_message.Message):
    __slots__ = ("person", "faces", "display_name", "validate_only", "request_id")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    person: str
    faces: _containers.RepeatedScalarFieldContainer[str]
    display_name: str
    validate_only: bool
    request_id: str
    def __init__(self, person: _Optional[str] = ..., faces: _Optional[_Iterable[str]] = ..., display_name: _Optional[str] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class SplitPersonResponse(_message.Message):
    __slots__ = ("edit", "person")
    EDIT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    person: _person_pb2.Person
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ..., person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ...) -> None: ...

class NewPerson(_message.Message):
    __slots__ = ("display_name",)
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    def __init__(self, display_name: _Optional[str] = ...) -> None: ...

class Nobody(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Automatic(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReassignFacesRequest(_message.Message):
    __slots__ = ("parent", "faces", "person", "new_person", "nobody", "automatic", "validate_only", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    NEW_PERSON_FIELD_NUMBER: _ClassVar[int]
    NOBODY_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    faces: _containers.RepeatedScalarFieldContainer[str]
    person: str
    new_person: NewPerson
    nobody: Nobody
    automatic: Automatic
    validate_only: bool
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., faces: _Optional[_Iterable[str]] = ..., person: _Optional[str] = ..., new_person: _Optional[_Union[NewPerson, _Mapping]] = ..., nobody: _Optional[_Union[Nobody, _Mapping]] = ..., automatic: _Optional[_Union[Automatic, _Mapping]] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class ReassignFacesResponse(_message.Message):
    __slots__ = ("edit", "person")
    EDIT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    person: _person_pb2.Person
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ..., person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ...) -> None: ...

class SeparatePeopleRequest(_message.Message):
    __slots__ = ("people", "validate_only", "request_id")
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    people: _containers.RepeatedScalarFieldContainer[str]
    validate_only: bool
    request_id: str
    def __init__(self, people: _Optional[_Iterable[str]] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class SeparatePeopleResponse(_message.Message):
    __slots__ = ("edit",)
    EDIT_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ...) -> None: ...

class RejectFacesRequest(_message.Message):
    __slots__ = ("parent", "faces", "validate_only", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    faces: _containers.RepeatedScalarFieldContainer[str]
    validate_only: bool
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., faces: _Optional[_Iterable[str]] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class RejectFacesResponse(_message.Message):
    __slots__ = ("edit",)
    EDIT_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ...) -> None: ...

class AcceptFacesRequest(_message.Message):
    __slots__ = ("parent", "faces", "validate_only", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    faces: _containers.RepeatedScalarFieldContainer[str]
    validate_only: bool
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., faces: _Optional[_Iterable[str]] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class AcceptFacesResponse(_message.Message):
    __slots__ = ("edit",)
    EDIT_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ...) -> None: ...

class CreateFaceRequest(_message.Message):
    __slots__ = ("parent", "image", "box", "person", "new_person", "nobody", "content", "validate_only", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    NEW_PERSON_FIELD_NUMBER: _ClassVar[int]
    NOBODY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    image: str
    box: _geometry_pb2.BoundingBox
    person: str
    new_person: NewPerson
    nobody: Nobody
    content: bytes
    validate_only: bool
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., image: _Optional[str] = ..., box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ..., person: _Optional[str] = ..., new_person: _Optional[_Union[NewPerson, _Mapping]] = ..., nobody: _Optional[_Union[Nobody, _Mapping]] = ..., content: _Optional[bytes] = ..., validate_only: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateFaceResponse(_message.Message):
    __slots__ = ("edit", "face", "person")
    EDIT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    face: _face_pb2.Face
    person: _person_pb2.Person
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ..., face: _Optional[_Union[_face_pb2.Face, _Mapping]] = ..., person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ...) -> None: ...

class SuggestMergesRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "show_hidden")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SHOW_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    show_hidden: bool
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., show_hidden: bool = ...) -> None: ...

class MergeSuggestion(_message.Message):
    __slots__ = ("person", "other", "probability")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    person: _person_pb2.Person
    other: _person_pb2.Person
    probability: float
    def __init__(self, person: _Optional[_Union[_person_pb2.Person, _Mapping]] = ..., other: _Optional[_Union[_person_pb2.Person, _Mapping]] = ..., probability: _Optional[float] = ...) -> None: ...

class SuggestMergesResponse(_message.Message):
    __slots__ = ("suggestions", "next_page_token")
    SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    suggestions: _containers.RepeatedCompositeFieldContainer[MergeSuggestion]
    next_page_token: str
    def __init__(self, suggestions: _Optional[_Iterable[_Union[MergeSuggestion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetEditRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetEditResponse(_message.Message):
    __slots__ = ("edit",)
    EDIT_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ...) -> None: ...

class ListEditsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEditsResponse(_message.Message):
    __slots__ = ("edits", "next_page_token")
    EDITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    edits: _containers.RepeatedCompositeFieldContainer[_edit_pb2.Edit]
    next_page_token: str
    def __init__(self, edits: _Optional[_Iterable[_Union[_edit_pb2.Edit, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UndoEditRequest(_message.Message):
    __slots__ = ("name", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., validate_only: bool = ...) -> None: ...

class UndoEditResponse(_message.Message):
    __slots__ = ("edit",)
    EDIT_FIELD_NUMBER: _ClassVar[int]
    edit: _edit_pb2.Edit
    def __init__(self, edit: _Optional[_Union[_edit_pb2.Edit, _Mapping]] = ...) -> None: ...
