"""A process that decodes untrusted photos for a service, one at a time, and may be killed at any moment.

It is forked from a process that runs this module too, see `forked`, and the service sees it as `child.Child`. It knows
no settings, no gRPC and no model. What a photo may take of processor time is held by the kernel, which ends the process
in the middle of a codec; and likewise what it may take of memory.
"""

import ctypes
import gc
import mmap
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np
from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from services.common.camera_tags import read_camera_tags
from services.common.decoding.channel import Channel, Message
from services.common.decoding.decode import decode
from services.common.decoding.decoding_scale import too_much_memory
from services.common.decoding.forked import forked
from services.common.decoding.messages import FORGET, error_message, header_message, tags_message
from services.common.decoding.shared_memory import KEPT_SOURCE_BYTES, SharedMemory
from services.common.errors import InvalidArgumentError
from services.common.image_header import ImageHeader, read_header
from services.common.image_pixels import Pixels
from services.common.limits import MEBIBYTE, ImageLimits

# Found here, Pillow looks for no others.
PLUGINS: Final = (
    BmpImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin
)  # fmt: skip

# Beyond what was foreseen: fragments, tables, tiles on their way, and rooms that are reserved and never entered.
_SPARE_BYTES: Final = 48 * MEBIBYTE
# An opened WebP reserves the canvas of its animation twice over, of at most 16,383 pixels either way.
_CANVAS_BYTES: Final = 10 * 2**28
# What ordinary photos leave behind is used again by the next one; giving it back costs a fifth of their time.
_KEPT_BYTES: Final = 64 * MEBIBYTE
# Libraries copy the file, and some twice.
_FILES: Final = 3
_LEAST_SECONDS: Final = 0.001


class Work:
    """The photo that is being worked on.

    Args:
        source: holds the file; its last byte takes note that it is being read.
        room: takes the pixels.

    """

    def __init__(self, source: SharedMemory, room: SharedMemory) -> None:
        self._source = source
        self._room = room
        self._header: ImageHeader | None = None
        self._cpu_seconds = 0.0
        self._pages = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self.data = b""

    def take(self, request: Message) -> None:
        """Look at the photo that a request brings, if it brings one."""
        if "size" in request:
            # Until here, it is no fault of the photo if this process ends.
            self._source.view[-1] = 1
            self.data = b""
            self.data = bytes(memoryview(self._source.view)[: request["size"]])
            # A large one is not kept in both places.
            if request["size"] > KEPT_SOURCE_BYTES:
                self._source.use(request["size"])
                self._source.trim(0)
            self._cpu_seconds = request["cpu_seconds"]
            self._header = None
        memory = request.get("memory", _CANVAS_BYTES if self.data.startswith(b"RIFF") else 0)
        memory += _FILES * len(self.data)
        reserved, *_ = self._read_pages()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (reserved + memory + _SPARE_BYTES, hard))

    def held_bytes(self) -> int:
        """Return the bytes of memory that this process has to itself."""
        _, resident, shared, *_ = self._read_pages()
        return resident - shared

    def _read_pages(self) -> list[int]:
        """Return what is reserved, what of it is in memory, and what of that is shared; in bytes."""
        return [mmap.PAGESIZE * int(count) for count in os.pread(self._pages, 128, 0).split()]

    def start_clock(self) -> None:
        """Let the kernel end this process when the photo has used up its time."""
        signal.setitimer(signal.ITIMER_PROF, max(self._cpu_seconds, _LEAST_SECONDS))

    def stop_clock(self) -> None:
        """Keep what is left of the photo's time for what else is done with it."""
        self._cpu_seconds, _ = signal.setitimer(signal.ITIMER_PROF, 0)

    def read_header(self, request: Message) -> Message:
        """See `Decoder.header`."""
        limits = ImageLimits(request["max_bytes"], request["max_pixels"])
        self._header = read_header(self.data, limits, field=request["field"])
        return header_message(self._header)

    def read_tags(self, _: Message) -> Message:
        """See `Decoder.camera_tags`."""
        return tags_message(read_camera_tags(self.data))

    def forget(self, _: Message) -> Message:
        """Keep nothing of any photo, as there may be no other one for hours; see also `serve`."""
        self.data, self._header = b"", None
        return {"cpu_seconds": self._cpu_seconds}

    def decode(self, request: Message) -> Message:
        """See `Decoder.pixels`."""
        if self._header is None:
            raise ValueError("the header is read first")
        scale, field, srgb = request["scale"], request["field"], request["srgb"]
        pixels = decode(self.data, self._header, scale, self._allocate, field=field, srgb=srgb)
        return {"height": pixels.shape[0], "width": pixels.shape[1]}

    def _allocate(self, height: int, width: int) -> Pixels:
        if 3 * height * width > self._room.size:
            raise MemoryError
        return np.frombuffer(self._room.view, np.uint8, count=3 * height * width).reshape(height, width, 3)


Operation: TypeAlias = Callable[[Work, Message], Message]
OPERATIONS: Final[Mapping[str, Operation]] = {
    "header": Work.read_header,
    "tags": Work.read_tags,
    "pixels": Work.decode,
    FORGET: Work.forget,
}


def serve(control: int, operations: Mapping[str, Operation] = OPERATIONS) -> None:
    """Fork decoders, each of which answers requests until the service is gone.

    Args:
        control: descriptor of the connection on which the service asks for decoders.
        operations: what can be asked of a decoder.

    """
    connection, source, room = forked(control)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # Photos must not lie about in files.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = Channel(socket.socket(fileno=connection))
    work = Work(*(SharedMemory(os.fstat(descriptor).st_size, descriptor) for descriptor in (source, room)))
    # The C library of most systems keeps what is freed below something that stays.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    answer: Message = {}
    while True:
        try:
            channel.send(answer)
            request = channel.receive()
        except (EOFError, OSError):
            return
        answer = _answer(work, request, operations)
        # Before the answer, with which the memory of this photo goes to the next one.
        if request["operation"] == FORGET or work.held_bytes() > _KEPT_BYTES:
            gc.collect()
            if trim is not None:
                trim(0)


def _answer(work: Work, request: Message, operations: Mapping[str, Operation]) -> Message:
    work.take(request)
    work.start_clock()
    try:
        return operations[request["operation"]](work, request)
    except InvalidArgumentError as error:
        if isinstance(error.__cause__, MemoryError):
            error = too_much_memory(field=request["field"])
        return {"error": error_message(error)}
    except MemoryError:
        return {"error": error_message(too_much_memory(field=request.get("field", "content")))}
    finally:
        work.stop_clock()


# Without arguments all is imported, and compiled, for those that come later.
if __name__ == "__main__" and sys.argv[1:]:
    serve(int(sys.argv[1]))
