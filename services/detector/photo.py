"""A photo: its file, its header, and its upright pixels, decoded when and as large as they are needed."""

import time

from services.common.decoding.decoder import Decoder
from services.common.decoding.decoding_scale import SCALES
from services.common.decoding.thread_decoders import ThreadDecoder
from services.common.image_pixels import Pixels, upright
from services.common.limits import ImageLimits


class Photo:
    """One photo for the time of one request; not for use by several threads.

    Args:
        data: the whole file.
        limits: how large it may be; checked before any pixel is decoded.
        decoder: decodes it, lent for at least as long as this is used; one in this thread if there is none.

    Attributes:
        decode_seconds: time spent on decoding so far.

    Raises:
        InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE,
            IMAGE_TOO_COSTLY or IMAGE_TOO_MANY_PIXELS.
        AlbumenError: see `Decoders`.

    """

    def __init__(self, data: bytes, limits: ImageLimits, decoder: Decoder | None = None) -> None:
        self._decoder = decoder or ThreadDecoder(data)
        self._header = self._decoder.header(limits)
        self._stored: Pixels | None = None
        self._scale = 0.0
        self.decode_seconds = 0.0

    @property
    def width(self) -> int:
        """Width of the upright photo, in pixels."""
        return self._header.width

    @property
    def height(self) -> int:
        """Height of the upright photo, in pixels."""
        return self._header.height

    def pixels(self, scale: float) -> Pixels:
        """Return the upright photo at `scale` or at a larger one that is cheaper to have; never enlarged.

        The largest decode so far is kept and returned again where it is large enough. A photo whose pixels would not
        fit into memory comes at the largest scale that does.

        Args:
            scale: wanted size as a fraction of the photo's own; from 1 on it means full size.

        Returns:
            uint8 [height, width, 3], RGB; a read-only view that need not be contiguous, sound until this is called
            with a larger scale.

        Raises:
            InvalidArgumentError: IMAGE_UNREADABLE or IMAGE_TOO_MUCH_MEMORY.
            AlbumenError: see `Decoders`.

        """
        fast = min((fraction for fraction in SCALES if fraction >= scale), default=1.0)
        if self._stored is None or self._scale < fast:
            self._stored = None  # Frees the smaller decode before the larger one is made.
            started = time.perf_counter()
            self._stored = self._decoder.pixels(self._header, fast)
            self.decode_seconds += time.perf_counter() - started
            self._scale = fast if self._stored.shape[1] < self._header.stored_width else 1.0
        return upright(self._stored, self._header.orientation)
