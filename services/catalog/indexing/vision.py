"""What the catalog needs of the detector and of the embedder, however they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from services.catalog.vocabulary import Box, DetectedObject


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """A face as a detector reports it.

    Attributes:
        box: where it is, in pixels of the upright image.
        landmarks: float32 [5, 2], x and y in pixels of the upright image, in the order of `DetectedFace`; NaN where
            the detector sees none, which is so only of faces that it was told of.
        score: confidence, 0 to 1.
        rgb: crop for an embedder, 160 x 160 x 3 bytes of 8-bit RGB, row-major.
        region: the part of the image that was stretched to the crop.
        quality: how well the face can be seen, 0 to 1.

    """

    box: Box
    landmarks: npt.NDArray[np.float32]
    score: float
    rgb: bytes
    region: Box
    quality: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What a detector sees in an image.

    Attributes:
        width: of the upright image, in pixels.
        height: of the upright image, in pixels.
        objects: best score first.
        faces: best score first.
        object_model: identifier of the model that found the objects.
        face_model: identifier of the model that found the faces.

    """

    width: int
    height: int
    objects: tuple[DetectedObject, ...]
    faces: tuple[SeenFace, ...]
    object_model: str
    face_model: str


class Detector(Protocol):
    """Sees objects and faces in an image."""

    async def detect(self, image: bytes) -> Sight:
        """Detect objects and faces, with crops, in an encoded image.

        Raises:
            AlbumenError: the image's own fault, or UnavailableError DETECTOR_UNAVAILABLE.

        """
        ...

    async def look_at(self, image: bytes, box: Box) -> SeenFace:
        """Look closely at a face of an encoded image that somebody knows of, whether the detector sees it or not.

        Args:
            image: the whole file.
            box: where the face is, in pixels of the upright image and inside of it; the answer has the same.

        Raises:
            AlbumenError: as `detect`.

        """
        ...


class Embedder(Protocol):
    """Turns face crops into embeddings."""

    async def embed(self, crops: Sequence[bytes]) -> tuple[npt.NDArray[np.float32], str]:
        """Embed crops; return float32 [len(crops), 512] of unit rows, and their embedding space.

        Raises:
            AlbumenError: UnavailableError EMBEDDER_UNAVAILABLE, ResourceExhaustedError OVERLOADED.

        """
        ...
