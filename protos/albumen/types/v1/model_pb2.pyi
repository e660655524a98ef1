from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelTask(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_TASK_UNSPECIFIED: _ClassVar[ModelTask]
    MODEL_TASK_OBJECT_DETECTION: _ClassVar[ModelTask]
    MODEL_TASK_FACE_DETECTION: _ClassVar[ModelTask]
    MODEL_TASK_FACE_EMBEDDING: _ClassVar[ModelTask]
MODEL_TASK_UNSPECIFIED: ModelTask
MODEL_TASK_OBJECT_DETECTION: ModelTask
MODEL_TASK_FACE_DETECTION: ModelTask
MODEL_TASK_FACE_EMBEDDING: ModelTask

class Model(_message.Message):
    __slots__ = ("id", "task", "family", "version", "license", "source", "precision", "execution_provider", "labels", "embedding_space", "embedding_dimension")
    ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LICENSE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_SPACE_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_DIMENSION_FIELD_NUMBER: _ClassVar[int]
    id: str
    task: ModelTask
    family: str
    version: str
    license: str
    source: str
    precision: str
    execution_provider: str
    labels: _containers.RepeatedScalarFieldContainer[str]
    embedding_space: str
    embedding_dimension: int
    def __init__(self, id: _Optional[str] = ..., task: _Optional[_Union[ModelTask, str]] = ..., family: _Optional[str] = ..., version: _Optional[str] = ..., license: _Optional[str] = ..., source: _Optional[str] = ..., precision: _Optional[str] = ..., execution_provider: _Optional[str] = ..., labels: _Optional[_Iterable[str]] = ..., embedding_space: _Optional[str] = ..., embedding_dimension: _Optional[int] = ...) -> None: ...
