"""What is to be seen of a face that a user draws: the way of a photo, for one face of it."""

from dataclasses import dataclass

import numpy as np

from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.thumbnail import face_thumbnail
from services.catalog.indexing.vision import Detector, Embedder
from services.catalog.pictures.originals import Originals
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import Box, DetectedFace
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import FailedPreconditionError


@dataclass(frozen=True, slots=True, eq=False)
class PhotoPixels:
    """A picture of an image, and how large it is.

    Attributes:
        content: the file: the original, or a preview.
        scale_x: width of the picture as a fraction of the image's.
        scale_y: height of it, likewise.

    """

    content: bytes
    scale_x: float = 1.0
    scale_y: float = 1.0


class DrawnFaceViewer:
    """Looks at the faces that users draw.

    Args:
        detector: sees faces.
        embedder: turns faces into embeddings.
        originals: finds originals.
        inspector: reads what files say of themselves.
        reading: runs what reads from the owner's folders.
        executor: runs all else that must not run on the event loop.

    """

    def __init__(
        self,
        detector: Detector,
        embedder: Embedder,
        originals: Originals,
        inspector: Inspector,
        *,
        reading: BoundedExecutor,
        executor: BoundedExecutor,
    ) -> None:
        self._detector = detector
        self._embedder = embedder
        self._originals = originals
        self._inspector = inspector
        self._reading = reading
        self._executor = executor

    def check(self, content: bytes) -> None:
        """Refuse a file that no face can be seen in, without decoding it. Takes long.

        Raises:
            InvalidArgumentError: it is empty, too large or unreadable.

        """
        self._inspector.check(content)

    async def pixels(self, image: ImageRecord, name: str) -> PhotoPixels:
        """Return the original of an image, or else its preview.

        Args:
            image: read with its file, places and preview.
            name: resource name of the image, for messages.

        Raises:
            FailedPreconditionError: PICTURE_UNAVAILABLE or IMAGE_CONTENT_CHANGED.
            ResourceExhaustedError: OVERLOADED.

        """
        try:
            return PhotoPixels(await self._reading.run(self._originals.read, image, name))
        except FailedPreconditionError as error:
            if image.preview is None:
                raise FailedPreconditionError(
                    error.reason, f"{error.message} Or send the file as content.", resource=name
                ) from None
        preview = image.preview
        return PhotoPixels(preview.content, preview.width / image.width, preview.height / image.height)

    async def see(self, pixels: PhotoPixels, box: Box) -> tuple[DetectedFace, str]:
        """Return what is to be seen of a face, and the space of its embedding.

        Args:
            pixels: of its image.
            box: where the face is, in pixels of the upright image and inside of it.

        Raises:
            InvalidArgumentError: the file is unreadable or too large, or the box is not inside of it.
            UnavailableError: DETECTOR_UNAVAILABLE, EMBEDDER_UNAVAILABLE or DECODER_UNAVAILABLE.
            ResourceExhaustedError: OVERLOADED.

        """
        await self._executor.run(self._inspector.check, pixels.content)
        scale_x, scale_y = pixels.scale_x, pixels.scale_y
        looking = self._detector.look_at(pixels.content, _scaled(box, scale_x, scale_y))
        # While the detector has it, it is in memory as what is sent.
        del pixels
        seen = await looking
        embeddings, space = await self._embedder.embed([seen.rgb])
        thumbnail = await self._executor.run(face_thumbnail, seen.rgb, seen.region.width, seen.region.height)
        landmarks = np.asarray(seen.landmarks / np.array([scale_x, scale_y]), np.float32)
        return DetectedFace(box, landmarks, seen.score, embeddings[0], thumbnail, seen.quality), space


def _scaled(box: Box, scale_x: float, scale_y: float) -> Box:
    return Box(box.left * scale_x, box.top * scale_y, box.width * scale_x, box.height * scale_y)
