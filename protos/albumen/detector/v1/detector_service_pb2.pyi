from albumen.types.v1 import detection_pb2 as _detection_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from albumen.types.v1 import model_pb2 as _model_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Feature(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FEATURE_UNSPECIFIED: _ClassVar[Feature]
    FEATURE_OBJECTS: _ClassVar[Feature]
    FEATURE_FACES: _ClassVar[Feature]
FEATURE_UNSPECIFIED: Feature
FEATURE_OBJECTS: Feature
FEATURE_FACES: Feature

class ObjectOptions(_message.Message):
    __slots__ = ("min_score", "labels", "max_results")
    MIN_SCORE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    min_score: float
    labels: _containers.RepeatedScalarFieldContainer[str]
    max_results: int
    def __init__(self, min_score: _Optional[float] = ..., labels: _Optional[_Iterable[str]] = ..., max_results: _Optional[int] = ...) -> None: ...

class FaceOptions(_message.Message):
    __slots__ = ("min_score", "max_results", "include_crops")
    MIN_SCORE_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_CROPS_FIELD_NUMBER: _ClassVar[int]
    min_score: float
    max_results: int
    include_crops: bool
    def __init__(self, min_score: _Optional[float] = ..., max_results: _Optional[int] = ..., include_crops: _Optional[bool] = ...) -> None: ...

class DetectRequest(_message.Message):
    __slots__ = ("image", "features", "object_options", "face_options")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FACE_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    image: bytes
    features: _containers.RepeatedScalarFieldContainer[Feature]
    object_options: ObjectOptions
    face_options: FaceOptions
    def __init__(self, image: _Optional[bytes] = ..., features: _Optional[_Iterable[_Union[Feature, str]]] = ..., object_options: _Optional[_Union[ObjectOptions, _Mapping]] = ..., face_options: _Optional[_Union[FaceOptions, _Mapping]] = ...) -> None: ...

class FaceCrop(_message.Message):
    __slots__ = ("rgb", "region")
    RGB_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    rgb: bytes
    region: _geometry_pb2.BoundingBox
    def __init__(self, rgb: _Optional[bytes] = ..., region: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ...) -> None: ...

class FaceDetection(_message.Message):
    __slots__ = ("box", "landmarks", "score", "crop")
    BOX_FIELD_NUMBER: _ClassVar[int]
    LANDMARKS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CROP_FIELD_NUMBER: _ClassVar[int]
    box: _geometry_pb2.BoundingBox
    landmarks: _detection_pb2.FaceLandmarks
    score: float
    crop: FaceCrop
    def __init__(self, box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ..., landmarks: _Optional[_Union[_detection_pb2.FaceLandmarks, _Mapping]] = ..., score: _Optional[float] = ..., crop: _Optional[_Union[FaceCrop, _Mapping]] = ...) -> None: ...

class DetectResponse(_message.Message):
    __slots__ = ("image_size", "objects", "faces", "object_model", "face_model")
    IMAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_MODEL_FIELD_NUMBER: _ClassVar[int]
    FACE_MODEL_FIELD_NUMBER: _ClassVar[int]
    image_size: _geometry_pb2.PixelSize
    objects: _containers.RepeatedCompositeFieldContainer[_detection_pb2.ObjectDetection]
    faces: _containers.RepeatedCompositeFieldContainer[FaceDetection]
    object_model: str
    face_model: str
    def __init__(self, image_size: _Optional[_Union[_geometry_pb2.PixelSize, _Mapping]] = ..., objects: _Optional[_Iterable[_Union[_detection_pb2.ObjectDetection, _Mapping]]] = ..., faces: _Optional[_Iterable[_Union[FaceDetection, _Mapping]]] = ..., object_model: _Optional[str] = ..., face_model: _Optional[str] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[_model_pb2.Model]
    def __init__(self, models: _Optional[_Iterable[_Union[_model_pb2.Model, _Mapping]]] = ...) -> None: ...
