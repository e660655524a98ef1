"""What is known of an image when it is to be indexed: the input of the catalog."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

EMBEDDING_DIMENSIONS: Final = 512
_LANDMARKS: Final = 5
# float32 rounding keeps a normalised vector far closer to 1; anything beyond was never normalised.
UNIT_TOLERANCE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright image, origin top left.

    Attributes:
        left: pixels from the left edge.
        top: pixels from the top edge.
        width: pixels, > 0.
        height: pixels, > 0.

    """

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Exif:
    """What a camera wrote into the file; None where absent or invalid.

    Attributes:
        capture_time: naive, in the camera's local time.
        utc_offset_minutes: local time minus UTC, in minutes.
        camera_make: manufacturer, at most 100 characters.
        camera_model: model, at most 100 characters.
        latitude: WGS 84 degrees, -90 to 90; set together with longitude.
        longitude: WGS 84 degrees, -180 to 180.

    """

    capture_time: datetime | None = None
    utc_offset_minutes: int | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A place that an image is indexed from.

    Attributes:
        uri: of the place; empty if its owner does not say.
        file_name: without folders; may be empty.
        modify_time: when the file was last modified, aware; None if unknown.

    """

    uri: str = ""
    file_name: str = ""
    modify_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class DetectedObject:
    """A thing seen in the image.

    Attributes:
        label: class name.
        score: confidence, 0 to 1.
        box: where it is.

    """

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A face seen in the image, and its embedding.

    Attributes:
        box: where it is.
        landmarks: float32 [5, 2], x and y in pixels of the upright image: left eye, right eye, nose, left and right
            corner of the mouth (left as the viewer sees it). All NaN where a user sees a face, and the detector none.
        score: confidence of the detector, 0 to 1.
        embedding: float32 [512], unit length.
        thumbnail: JPEG bytes; may be empty.
        quality: how well the face can be seen, 0 to 1.

    Raises:
        ValueError: the landmarks or the embedding have another shape, some landmarks are not finite, or the embedding's
            length is not 1.

    """

    box: Box
    landmarks: npt.NDArray[np.float32]
    score: float
    embedding: npt.NDArray[np.float32]
    thumbnail: bytes
    quality: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what a detector or an embedder must never send."""
        known = np.isfinite(self.landmarks).all() or np.isnan(self.landmarks).all()
        if self.landmarks.shape != (_LANDMARKS, 2) or not known:
            raise ValueError(f"landmarks must be {_LANDMARKS} finite points, got shape {self.landmarks.shape}")
        if self.embedding.shape != (EMBEDDING_DIMENSIONS,) or self.embedding.dtype != np.float32:
            raise ValueError(
                f"an embedding is float32 [{EMBEDDING_DIMENSIONS}], got {self.embedding.dtype} "
                f"{list(self.embedding.shape)}"
            )
        length = float(np.linalg.norm(self.embedding))
        if not abs(length - 1.0) <= UNIT_TOLERANCE:
            raise ValueError(f"an embedding has unit length, got {length:g}")


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture of an image, upright.

    Attributes:
        width: pixels.
        height: pixels.
        content: JPEG bytes.

    """

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class ImageAnalysis:
    """All that is stored of an image.

    Attributes:
        sha256: of the file's bytes, 64 lower-case hexadecimal digits.
        source: where the file is for its owner.
        mime_type: media type found in the bytes.
        size_bytes: of the file.
        width: of the upright image, in pixels.
        height: of the upright image, in pixels.
        exif: what the camera wrote.
        objects: things seen, in any order.
        faces: faces seen, in any order.
        object_model: identifier of the model that found the objects.
        face_model: identifier of the model that found the faces.
        embedding_space: identifier of the space that the embeddings live in.
        preview: a small picture of it; None if none is kept.

    """

    sha256: str
    source: Source
    mime_type: str
    size_bytes: int
    width: int
    height: int
    exif: Exif = field(default_factory=Exif)
    objects: tuple[DetectedObject, ...] = ()
    faces: tuple[DetectedFace, ...] = ()
    object_model: str = ""
    face_model: str = ""
    embedding_space: str = ""
    preview: Preview | None = None
