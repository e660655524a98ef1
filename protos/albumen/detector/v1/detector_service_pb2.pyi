from albumen.types.v1 import detection_pb2 as _detection_pb2
from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from albumen.types.v1 import model_pb2 as _model_pb2
from albumen.types.v1 import timings_pb2 as _timings_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.rpc import status_pb2 as _status_pb2
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
    __slots__ = ("min_score", "max_results", "include_crops", "boxes")
    MIN_SCORE_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_CROPS_FIELD_NUMBER: _ClassVar[int]
    BOXES_FIELD_NUMBER: _ClassVar[int]
    min_score: float
    max_results: int
    include_crops: bool
    boxes: _containers.RepeatedCompositeFieldContainer[_geometry_pb2.BoundingBox]
    def __init__(self, min_score: _Optional[float] = ..., max_results: _Optional[int] = ..., include_crops: bool = ..., boxes: _Optional[_Iterable[_Union[_geometry_pb2.BoundingBox, _Mapping]]] = ...) -> None: ...

class DetectRequest(_message.Message):
    __slots__ = ("content", "features", "object_options", "face_options")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FACE_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    features: _containers.RepeatedScalarFieldContainer[Feature]
    object_options: ObjectOptions
    face_options: FaceOptions
    def __init__(self, content: _Optional[bytes] = ..., features: _Optional[_Iterable[_Union[Feature, str]]] = ..., object_options: _Optional[_Union[ObjectOptions, _Mapping]] = ..., face_options: _Optional[_Union[FaceOptions, _Mapping]] = ...) -> None: ...

class FaceCrop(_message.Message):
    __slots__ = ("rgb", "region")
    RGB_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    rgb: bytes
    region: _geometry_pb2.BoundingBox
    def __init__(self, rgb: _Optional[bytes] = ..., region: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ...) -> None: ...

class FaceQuality(_message.Message):
    __slots__ = ("score", "sharpness", "source_pixels", "yaw_degrees", "pitch_degrees", "roll_degrees", "truncation")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SHARPNESS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PIXELS_FIELD_NUMBER: _ClassVar[int]
    YAW_DEGREES_FIELD_NUMBER: _ClassVar[int]
    PITCH_DEGREES_FIELD_NUMBER: _ClassVar[int]
    ROLL_DEGREES_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    score: float
    sharpness: float
    source_pixels: float
    yaw_degrees: float
    pitch_degrees: float
    roll_degrees: float
    truncation: float
    def __init__(self, score: _Optional[float] = ..., sharpness: _Optional[float] = ..., source_pixels: _Optional[float] = ..., yaw_degrees: _Optional[float] = ..., pitch_degrees: _Optional[float] = ..., roll_degrees: _Optional[float] = ..., truncation: _Optional[float] = ...) -> None: ...

class FaceDetection(_message.Message):
    __slots__ = ("box", "landmarks", "score", "crop", "quality")
    BOX_FIELD_NUMBER: _ClassVar[int]
    LANDMARKS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CROP_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    box: _geometry_pb2.BoundingBox
    landmarks: _detection_pb2.FaceLandmarks
    score: float
    crop: FaceCrop
    quality: FaceQuality
    def __init__(self, box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ..., landmarks: _Optional[_Union[_detection_pb2.FaceLandmarks, _Mapping]] = ..., score: _Optional[float] = ..., crop: _Optional[_Union[FaceCrop, _Mapping]] = ..., quality: _Optional[_Union[FaceQuality, _Mapping]] = ...) -> None: ...

class DetectResponse(_message.Message):
    __slots__ = ("image_size", "objects", "faces", "object_model", "face_model", "timings")
    IMAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_MODEL_FIELD_NUMBER: _ClassVar[int]
    FACE_MODEL_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    image_size: _geometry_pb2.PixelSize
    objects: _containers.RepeatedCompositeFieldContainer[_detection_pb2.ObjectDetection]
    faces: _containers.RepeatedCompositeFieldContainer[FaceDetection]
    object_model: str
    face_model: str
    timings: _timings_pb2.Timings
    def __init__(self, image_size: _Optional[_Union[_geometry_pb2.PixelSize, _Mapping]] = ..., objects: _Optional[_Iterable[_Union[_detection_pb2.ObjectDetection, _Mapping]]] = ..., faces: _Optional[_Iterable[_Union[FaceDetection, _Mapping]]] = ..., object_model: _Optional[str] = ..., face_model: _Optional[str] = ..., timings: _Optional[_Union[_timings_pb2.Timings, _Mapping]] = ...) -> None: ...

class DetectStreamRequest(_message.Message):
    __slots__ = ("id", "request")
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    id: int
    request: DetectRequest
    def __init__(self, id: _Optional[int] = ..., request: _Optional[_Union[DetectRequest, _Mapping]] = ...) -> None: ...

class DetectStreamResponse(_message.Message):
    __slots__ = ("id", "response", "error")
    ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    id: int
    response: DetectResponse
    error: _status_pb2.Status
    def __init__(self, id: _Optional[int] = ..., response: _Optional[_Union[DetectResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[_model_pb2.Model]
    def __init__(self, models: _Optional[_Iterable[_Union[_model_pb2.Model, _Mapping]]] = ...) -> None: ...
