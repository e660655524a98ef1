"""A photo: its file, its header, and its upright pixels, decoded when and as large as they are needed."""

import math
import time
from typing import Final

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from services.common.image_header import read_header
from services.common.image_pixels import decode_pixels, upright
from services.common.limits import ImageLimits

_JPEG_FORMATS: Final = frozenset({"JPEG", "MPO"})
_JPEG_MODES: Final = frozenset({"RGB", "L"})
# A JPEG decodes at any eighth of its size, but the other eighths take longer than full size does.
_FAST_SCALES: Final = (1 / 8, 1 / 4, 1 / 2, 1.0)


class Photo:
    """One photo for the time of one request; not for use by several threads.

    Args:
        data: the whole file.
        limits: how large it may be; checked before any pixel is decoded.

    Attributes:
        decode_seconds: time spent on decoding so far.

    Raises:
        InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE or
            IMAGE_TOO_MANY_PIXELS.

    """

    def __init__(self, data: bytes, limits: ImageLimits) -> None:
        self._data = data
        self._header = read_header(data, limits)
        self._stored: NDArray[np.uint8] | None = None
        self.decode_seconds = 0.0

    @property
    def width(self) -> int:
        """Width of the upright photo, in pixels."""
        return self._header.width

    @property
    def height(self) -> int:
        """Height of the upright photo, in pixels."""
        return self._header.height

    def pixels(self, scale: float) -> NDArray[np.uint8]:
        """Return the upright photo at `scale` or at a larger one that is cheaper to have; never enlarged.

        The largest decode so far is kept and returned again where it is large enough.

        Args:
            scale: wanted size as a fraction of the photo's own; from 1 on it means full size.

        Returns:
            uint8 [height, width, 3], RGB; a view that need not be contiguous.

        Raises:
            InvalidArgumentError: IMAGE_UNREADABLE.

        """
        fast = next((fraction for fraction in _FAST_SCALES if fraction >= scale), 1.0)
        width = math.ceil(self._header.stored_width * fast)
        height = math.ceil(self._header.stored_height * fast)
        if self._stored is None or self._stored.shape[0] < height or self._stored.shape[1] < width:
            self._stored = None  # Frees the smaller decode before the larger one is made.
            started = time.perf_counter()
            self._stored = self._decode(width, height)
            self.decode_seconds += time.perf_counter() - started
        return upright(self._stored, self._header.orientation)

    def _decode(self, width: int, height: int) -> NDArray[np.uint8]:
        if self._header.format in _JPEG_FORMATS and self._header.mode in _JPEG_MODES:
            try:
                return np.asarray(simplejpeg.decode_jpeg(self._data, min_width=width, min_height=height))
            except ValueError:
                # It refuses harmless faults too, such as stray bytes that some cameras write before a
                # marker. Pillow reads over those and still refuses truncated files: it has the last word.
                pass
        return decode_pixels(self._data, draft=(width, height))
