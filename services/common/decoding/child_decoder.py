"""One photo in a decoder process."""

import signal
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from services.common.camera_tags import CameraTags
from services.common.cancellation import Cancellation
from services.common.decoding.channel import Message
from services.common.decoding.child import Child, ChildNotStartedError
from services.common.decoding.decoding_memory import MemoryShare
from services.common.decoding.decoding_scale import fitting_scale, pixel_bytes
from services.common.decoding.messages import read_error_message, read_header_message, read_tags_message, shape_of
from services.common.decoding.shared_memory import KEPT_SOURCE_BYTES
from services.common.decoding.work import too_costly
from services.common.errors import AlbumenError, InvalidArgumentError, Reason, UnavailableError
from services.common.image_header import ImageHeader, check_size, unreadable
from services.common.image_pixels import Pixels
from services.common.limits import MEBIBYTE, DecodeLimits, ImageLimits

_RETRY_SECONDS: Final = 1.0
# Another process is tried until so many did not come up, and for as long at most.
_FAILURES: Final = 3
_START_SECONDS: Final = 10.0
# Pages are dear to get: those of an ordinary photo, of 12 megapixels, stay until somebody needs them more.
_KEPT_ROOM: Final = 40 * MEBIBYTE
# So many photos are not too many for the memory.
_FEW: Final = 4
# In the map, and as bytes.
_FILES: Final = 2
# While its header is read: once more, for what a library keeps of it, and something to work with.
_FILES_OF_HEADER: Final = 3
_HEADER_BYTES: Final = 4 * MEBIBYTE


def decoder_unavailable(problem: str) -> UnavailableError:
    """Return the error for a photo that was not decoded, through no fault of its own."""
    return UnavailableError(Reason.DECODER_UNAVAILABLE, f"{problem} Retry in a moment.", retry_after=_RETRY_SECONDS)


class ChildDecoder:
    """Works on one photo in a process, see `Decoder`; for one thread.

    Args:
        child: the process, lent for this photo.
        swap: buries a process that has ended, and lends another one in its place.
        data: the file.
        limits: what decoding may take.
        share: the photo's memory.
        total: memory of all photos, in bytes.
        squeeze: has idle processes give back what they keep for the next photo.
        cancellation: of the call that the photo came with; who said it has killed the process.

    Attributes:
        child: the process that works on it now.

    """

    def __init__(
        self,
        child: Child,
        swap: Callable[[Child, Cancellation], Child],
        data: bytes,
        limits: DecodeLimits,
        share: MemoryShare,
        total: int,
        squeeze: Callable[[], None],
        cancellation: Cancellation,
    ) -> None:
        self.child = child
        self._swap = swap
        self._data = data
        self._limits = limits
        self._share = share
        self._total = total
        self._squeeze = squeeze
        self._cancellation = cancellation
        self._seconds_left = limits.wall_seconds
        self._cpu_seconds_left = limits.cpu_seconds
        self._is_sent = False
        self._is_answered = True
        self._header_limits: Message = {}
        self._decoded: tuple[tuple[float, bool], Pixels] | None = None

    def header(self, limits: ImageLimits, *, field: str = "content") -> ImageHeader:
        """See `Decoder`."""
        check_size(len(self._data), limits, field=field)
        self._header_limits = {"max_bytes": limits.max_bytes, "max_pixels": limits.max_pixels}
        answer = self._ask("header", field, self._header_limits)
        try:
            return read_header_message(answer)
        except (ValueError, TypeError, KeyError) as error:
            raise self._broken(field) from error

    def camera_tags(self) -> CameraTags:
        """See `Decoder`."""
        answer = self._ask("tags", "content", {})
        try:
            return read_tags_message(answer)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._broken("content") from error

    def pixels(self, header: ImageHeader, scale: float = 1.0, *, field: str = "content", srgb: bool = False) -> Pixels:
        """See `Decoder`."""
        scale, needed = fitting_scale(header, len(self._data), scale, self._total, field=field)
        if self._decoded is not None and self._decoded[0] == (scale, srgb):
            return self._decoded[1]
        try:
            answer = self._decode(header, scale, needed, field, srgb=srgb)
        except InvalidArgumentError as error:
            # A file that is cut is decoded twice, to see what is missing.
            if error.reason is not Reason.IMAGE_TOO_MUCH_MEMORY or 2 * needed > self._total:
                raise
            answer = self._decode(header, scale, 2 * needed, field, srgb=srgb)
        try:
            shape = shape_of(answer, self.child.room.size)
        except (ValueError, TypeError, KeyError) as error:
            raise self._broken(field) from error
        size = shape[0] * shape[1] * shape[2]
        self._share.shrink(size + _FILES * len(self._data))
        pixels = np.frombuffer(self.child.room.view, np.uint8, count=size).reshape(shape)
        pixels.flags.writeable = False
        self._decoded = (scale, srgb), pixels
        return pixels

    def _decode(self, header: ImageHeader, scale: float, memory: int, field: str, *, srgb: bool) -> Message:
        if memory > self._total // _FEW:
            # Who waits for much must not hold what others wait for.
            self._share.shrink(0)
            self.child.room.trim(0)
            self._squeeze()
        if not self._share.grow_at_once(memory):
            self._wait_for(memory, field)
        self.child.room.use(pixel_bytes(header, scale))
        return self._ask("pixels", field, {"scale": scale, "memory": memory, "srgb": srgb})

    def _wait_for(self, memory: int, field: str) -> None:
        """Wait for memory; a large file leaves the process meanwhile, and is brought once more."""
        is_large = self._is_sent and len(self._data) > KEPT_SOURCE_BYTES
        if is_large:
            self._cpu_seconds_left = min(self._cpu_seconds_left, self.child.forget(self._seconds_left))
        self._share.shrink(0)
        self._share.grow(memory, self._cancellation)
        if is_large:
            self._is_sent = False
            self._ask("header", field, self._header_limits)

    def close(self) -> None:
        """Give the memory back."""
        if not self._is_answered:
            # What it may still say would be taken for the answer to the next photo.
            self.child.kill()
        if self._is_sent and len(self._data) > KEPT_SOURCE_BYTES and self.child.is_alive:
            self.child.forget(self._limits.wall_seconds)
        if self.child.is_alive:
            self.child.room.trim(_KEPT_ROOM)
            self.child.source.trim(KEPT_SOURCE_BYTES)
        else:
            # Its memory is free once it is gone, and not when it is told to go.
            self.child.end()
        self._share.shrink(0)

    def _ask(self, operation: str, field: str, more: Message) -> Message:
        request = {"operation": operation, "field": field, **more}
        started, self._is_answered = time.monotonic(), False
        try:
            if self._is_sent:
                answer = self.child.ask(request, self._seconds_left)
            else:
                self._is_sent = True
                answer = self._ask_first(request)
        except TimeoutError:
            self.child.kill()
            seconds = f"{self._limits.wall_seconds:g} seconds"
            raise decoder_unavailable(f"The image was not decoded within {seconds}; the machine is busy.") from None
        except (EOFError, OSError):
            raise self._died(field) from None
        except (ValueError, TypeError, RecursionError) as error:
            raise self._broken(field) from error
        self._is_answered = True
        self._seconds_left -= time.monotonic() - started
        if "error" in answer:
            # Not by a name here: an error that its own frame knows stays in memory, with the photo.
            raise self._refusal(answer["error"], field)
        return answer

    def _ask_first(self, request: Message) -> Message:
        """Bring the file with a request; to another process if one ends before it has begun to read the file."""
        held = _FILES_OF_HEADER * len(self._data) + _HEADER_BYTES
        self._share.grow(min(held, self._total), self._cancellation)
        request |= {"size": len(self._data), "cpu_seconds": self._cpu_seconds_left}
        end, failures = time.monotonic() + _START_SECONDS, 0
        while True:
            self.child.give(self._data)
            try:
                self.child.wait_until_ready(max(0.0, end - time.monotonic()))
                return self.child.ask(request, self._seconds_left)
            except (ChildNotStartedError, EOFError, OSError) as error:
                if isinstance(error, TimeoutError) or self.child.has_begun:
                    raise
            self._cancellation.check()
            # Whoever is killed has come up by and by; who ends by himself will do so again.
            failures += self.child.end() != signal.SIGKILL
            if failures == _FAILURES or time.monotonic() > end:
                raise decoder_unavailable("No decoder process comes up; the log says why.")
            self.child = self._swap(self.child, self._cancellation)
            # Whoever cancelled in between has killed the one before.
            self._cancellation.check()

    def kill(self) -> None:
        """End the work on the photo; from any thread."""
        self.child.kill()

    def _refusal(self, message: Message, field: str) -> InvalidArgumentError:
        try:
            return read_error_message(message)
        except (ValueError, TypeError, KeyError, AttributeError):
            return self._broken(field)

    def _died(self, field: str) -> AlbumenError:
        """Return the error for the way in which the process ended; said as the caller's where it was told to."""
        end = self.child.end()
        self._cancellation.check()
        if end == signal.SIGPROF:
            seconds = f"{self._limits.cpu_seconds:g} seconds"
            return too_costly(f"Decoding the image takes more than {seconds} of processor time.", field=field)
        if end == signal.SIGKILL:
            return decoder_unavailable("The process that decoded the image was killed.")
        return unreadable("its decoder crashed", field=field)

    def _broken(self, field: str) -> InvalidArgumentError:
        """Return the error for a process that answers what it never would by itself."""
        self.child.kill()
        return unreadable("its decoder crashed", field=field)
