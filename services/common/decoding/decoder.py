"""What decodes photos, wherever it does so."""

from contextlib import AbstractContextManager
from typing import Protocol

from services.common.camera_tags import CameraTags
from services.common.image_header import ImageHeader
from services.common.image_pixels import Pixels
from services.common.limits import ImageLimits


class Decoder(Protocol):
    """Works on one photo, for one thread. Its methods raise what `Decoders` says."""

    def header(self, limits: ImageLimits, *, field: str = "content") -> ImageHeader:
        """Return what the file says of itself; see `image_header.read_header`."""
        ...

    def camera_tags(self) -> CameraTags:
        """Return what the camera wrote; see `camera_tags.read_camera_tags`."""
        ...

    def pixels(self, header: ImageHeader, scale: float = 1.0, *, field: str = "content", srgb: bool = False) -> Pixels:
        """Decode the photo.

        Args:
            header: what `header` returned.
            scale: 1, 1/2, 1/4 or 1/8. The pixels may be more, if that costs nothing, and fewer, if so many would not
                fit into memory.
            field: path of the request's field, for errors.
            srgb: whether to convert them to sRGB, if the file says that they are of another color space.

        Returns:
            uint8 [height, width, 3], RGB, as stored; read-only, and sound only until the next call.

        Raises:
            InvalidArgumentError: IMAGE_UNREADABLE, IMAGE_TOO_MUCH_MEMORY.

        """
        ...


class Decoders(Protocol):
    """Lends decoders to threads.

    A decoder that fails does so with one of these errors:

    - InvalidArgumentError: IMAGE_UNREADABLE, also where a codec crashed; IMAGE_TOO_COSTLY, it took more processor
      time than a photo may; IMAGE_TOO_MUCH_MEMORY.
    - UnavailableError: DECODER_UNAVAILABLE, it was killed through no fault of the photo, or took too long on a
      machine that is busy; SHUTTING_DOWN.
    - DeadlineExceededError: the call that the thread works for was cancelled.
    """

    def start(self) -> None:
        """Get ready; without it, the first photos wait.

        Raises:
            UnavailableError: DECODER_UNAVAILABLE.

        """
        ...

    def lend(self, data: bytes) -> AbstractContextManager[Decoder]:
        """Lend a decoder for the file `data`; once one is free, and for the time of the block."""
        ...

    def borrowed(self) -> int:
        """Return how many bytes of the last quarter of their memory photos hold: messages that come in lend those."""
        ...

    def tidy(self) -> None:
        """Give back the memory that is kept for photos to come; waits for each process that keeps some."""
        ...

    def close(self) -> None:
        """End whatever they do, at once; who waits for them gets SHUTTING_DOWN."""
        ...
