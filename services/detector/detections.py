"""The results of a detection. Coordinates are pixels of the upright photo, origin at its top left corner."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Point:
    """A point; it may lie outside the photo if the border cuts off a face."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle of positive extent."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points of a face; left and right are the viewer's."""

    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


@dataclass(frozen=True, slots=True)
class ObjectDetection:
    """One object: its class name, its score from 0 to 1, and its box clipped to the photo."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """A face cut out for an embedder.

    Attributes:
        rgb: uint8 [160, 160, 3], RGB, C-contiguous.
        region: the part of the photo that was stretched to `rgb`; may extend beyond the photo.

    """

    rgb: NDArray[np.uint8]
    region: Box


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How well a face is visible.

    Attributes:
        score: overall, 0 to 1; higher is better.
        sharpness: 0 to 1, at 32 x 32 pixels; a tiny face is never sharp.
        source_pixels: shorter side of the whole box, in pixels of the photo.
        yaw: degrees, -90 to 90; positive where the face looks to the right of the picture.
        pitch: degrees, -90 to 90; positive where it looks up.
        roll: degrees, -180 to 180; positive where it is turned clockwise.
        truncation: share of the box outside the photo, 0 to 1.

    """

    score: float
    sharpness: float
    source_pixels: float
    yaw: float
    pitch: float
    roll: float
    truncation: float


@dataclass(frozen=True, slots=True)
class FaceDetection:
    """One face: its box clipped to the photo, landmarks, score from 0 to 1, quality, and its crop if requested.

    One that the model does not see, but the caller, has no landmarks and the score 0.
    """

    box: Box
    landmarks: Landmarks | None
    score: float
    quality: FaceQuality
    crop: FaceCrop | None = None


@dataclass(frozen=True, slots=True)
class Detections:
    """Everything found in one photo.

    Attributes:
        width: width of the upright photo, in pixels.
        height: height of the upright photo, in pixels.
        objects: best score first.
        faces: best score first.
        object_model: identifier of the model that found the objects; empty if none were requested.
        face_model: identifier of the model that found the faces; empty if none were requested.
        decode_seconds: time spent on decoding the file.

    """

    width: int
    height: int
    objects: tuple[ObjectDetection, ...] = ()
    faces: tuple[FaceDetection, ...] = ()
    object_model: str = ""
    face_model: str = ""
    decode_seconds: float = 0.0
