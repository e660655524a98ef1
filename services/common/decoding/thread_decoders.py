"""Decoders in the threads that ask for them: where the system can't bound a process, and for comparison.

Structure and memory are bounded as in a process of their own. A codec that crashes takes the
service along, and one that never ends a thread.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.common.camera_tags import CameraTags, read_camera_tags
from services.common.cancellation import current_cancellation
from services.common.decoding.decode import decode
from services.common.decoding.decoder import Decoder
from services.common.decoding.decoding_memory import DecodingMemory, MemoryShare
from services.common.decoding.decoding_scale import fitting_scale, too_much_memory
from services.common.errors import InvalidArgumentError
from services.common.image_header import ImageHeader, read_header
from services.common.image_pixels import Pixels, new_pixels
from services.common.limits import DecodeLimits, ImageLimits


class ThreadDecoders:
    """Decoders in the threads that ask for them.

    Args:
        limits: what decoding may take; time is not bounded.

    """

    def __init__(self, limits: DecodeLimits) -> None:
        self._memory = DecodingMemory(limits.memory_bytes)

    def start(self) -> None:
        """See `Decoders`; there is nothing to do."""

    def borrowed(self) -> int:
        """See `Decoders`."""
        return self._memory.borrowed()

    def tidy(self) -> None:
        """See `Decoders`; nothing is kept."""

    @contextmanager
    def lend(self, data: bytes) -> Iterator[Decoder]:
        """See `Decoders`."""
        share = self._memory.share()
        try:
            yield ThreadDecoder(data, share, self._memory.total)
        finally:
            share.shrink(0)

    def close(self) -> None:
        """See `Decoders`; what is under way goes on."""


class ThreadDecoder:
    """Works on one photo; see `Decoder`.

    Args:
        data: the file.
        share: the photo's memory; None if it is not bounded.
        total: memory of all photos, in bytes.

    """

    def __init__(self, data: bytes, share: MemoryShare | None = None, total: int = sys.maxsize) -> None:
        self._data = data
        self._share = share or DecodingMemory(total).share()
        self._total = total
        self._decoded: tuple[tuple[float, bool], Pixels] | None = None

    def header(self, limits: ImageLimits, *, field: str = "content") -> ImageHeader:
        """See `Decoder`."""
        return read_header(self._data, limits, field=field)

    def camera_tags(self) -> CameraTags:
        """See `Decoder`."""
        return read_camera_tags(self._data)

    def pixels(self, header: ImageHeader, scale: float = 1.0, *, field: str = "content", srgb: bool = False) -> Pixels:
        """See `Decoder`."""
        size = len(self._data)
        scale, needed = fitting_scale(header, size, scale, self._total, field=field)
        if self._decoded is not None and self._decoded[0] == (scale, srgb):
            return self._decoded[1]
        self._decoded = None
        self._share.grow(needed, current_cancellation())
        try:
            pixels = decode(self._data, header, scale, new_pixels, field=field, srgb=srgb)
        except InvalidArgumentError as error:
            if isinstance(error.__cause__, MemoryError):
                raise too_much_memory(field=field) from error
            raise
        self._share.shrink(pixels.nbytes + size)
        pixels.flags.writeable = False
        self._decoded = (scale, srgb), pixels
        return pixels
