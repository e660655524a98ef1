from albumen.types.v1 import geometry_pb2 as _geometry_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ObjectDetection(_message.Message):
    __slots__ = ("label", "score", "box")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    label: str
    score: float
    box: _geometry_pb2.BoundingBox
    def __init__(self, label: _Optional[str] = ..., score: _Optional[float] = ..., box: _Optional[_Union[_geometry_pb2.BoundingBox, _Mapping]] = ...) -> None: ...

class FaceLandmarks(_message.Message):
    __slots__ = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
    LEFT_EYE_FIELD_NUMBER: _ClassVar[int]
    RIGHT_EYE_FIELD_NUMBER: _ClassVar[int]
    NOSE_FIELD_NUMBER: _ClassVar[int]
    MOUTH_LEFT_FIELD_NUMBER: _ClassVar[int]
    MOUTH_RIGHT_FIELD_NUMBER: _ClassVar[int]
    left_eye: _geometry_pb2.Point
    right_eye: _geometry_pb2.Point
    nose: _geometry_pb2.Point
    mouth_left: _geometry_pb2.Point
    mouth_right: _geometry_pb2.Point
    def __init__(self, left_eye: _Optional[_Union[_geometry_pb2.Point, _Mapping]] = ..., right_eye: _Optional[_Union[_geometry_pb2.Point, _Mapping]] = ..., nose: _Optional[_Union[_geometry_pb2.Point, _Mapping]] = ..., mouth_left: _Optional[_Union[_geometry_pb2.Point, _Mapping]] = ..., mouth_right: _Optional[_Union[_geometry_pb2.Point, _Mapping]] = ...) -> None: ...
