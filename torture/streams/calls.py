"""Calls that are begun and not ended as they should be."""

import threading
import time
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import grpc

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest, DetectStreamRequest
from albumen.embedder.v1.embedder_service_pb2 import EmbedStreamRequest, FaceImage
from torture.answer import judge
from torture.images.samples import sample
from torture.photos import ShownFace, make_photo

INDEX: Final = "albumen.catalog.v1.ImageService/IndexImage"
STREAMS: Final = {
    "catalog": INDEX,
    "detector": "albumen.detector.v1.DetectorService/DetectStream",
    "embedder": "albumen.embedder.v1.EmbedderService/EmbedStream",
}
_TYPICAL_BYTES: Final = 400_000
_CHUNK_BYTES: Final = 1_000_000
_DRIP_SECONDS: Final = 0.1
_HOLD_SECONDS: Final = 120.0


class Calls:
    """Streams that are held open; leaving the block ends them.

    Args:
        channel: to the service.

    Attributes:
        ended: set when they are to end.

    """

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._calls: list[Any] = []
        self.ended = threading.Event()

    def begin(self, path: str, requests: Iterator[bytes]) -> None:
        """Begin a call, and read none of its responses."""
        method = self._channel.stream_stream(f"/{path}", request_serializer=bytes, response_deserializer=bytes)
        self._calls.append(method(requests, timeout=_HOLD_SECONDS))

    def idle(self) -> Iterator[bytes]:
        """Send nothing."""
        self.ended.wait()
        yield from ()

    def stalled_upload(self, generator: Random) -> Iterator[bytes]:
        """Send the header and half of a photo, and no more."""
        yield IndexImageRequest(
            header=ImageHeader(size_bytes=_TYPICAL_BYTES), content=generator.randbytes(_TYPICAL_BYTES // 2)
        ).SerializeToString()
        self.ended.wait()

    def dripping_upload(self, generator: Random) -> Iterator[bytes]:
        """Send a photo byte by byte."""
        photo = make_photo(f"drip-{generator.getrandbits(64)}", [ShownFace(1, 0.9, 0.9, 1)])
        yield IndexImageRequest(header=ImageHeader(size_bytes=len(photo))).SerializeToString()
        for at in range(len(photo)):
            if self.ended.wait(_DRIP_SECONDS):
                return
            yield IndexImageRequest(content=photo[at : at + 1]).SerializeToString()

    def endless_upload(self, generator: Random) -> Iterator[bytes]:
        """Announce a photo, and send chunks for as long as they are taken."""
        size = generator.choice((0, 1, _TYPICAL_BYTES))
        yield IndexImageRequest(header=ImageHeader(size_bytes=size)).SerializeToString()
        chunk = IndexImageRequest(content=bytes(_CHUNK_BYTES)).SerializeToString()
        while not self.ended.is_set():
            yield chunk

    def unread(self, service: str) -> Iterator[bytes]:
        """Send photos or faces for as long as they are taken; nobody reads what is found."""
        picture = sample("jpeg")
        request = (
            DetectStreamRequest(id=1, request=DetectRequest(content=picture)).SerializeToString()
            if service == "detector"
            else EmbedStreamRequest(id=1, face=FaceImage(content=picture)).SerializeToString()
        )
        while not self.ended.is_set():
            yield request

    def cancel_at_random(self, generator: Random) -> None:
        """Cancel every call, each at some moment of the next half second."""
        for call in generator.sample(self._calls, len(self._calls)):
            time.sleep(generator.uniform(0, 0.5 / len(self._calls)))
            call.cancel()

    def troubles(self) -> Iterator[str]:
        """Yield answers of calls that have failed by now and upon which no client could act."""
        for call in self._calls:
            if call.done() and not call.cancelled() and call.code() is not grpc.StatusCode.OK:
                trouble = judge(call).trouble
                if trouble:
                    yield trouble

    def all_failed(self) -> bool:
        """Return whether every call has ended, and none well, by now or in a moment."""
        deadline = time.monotonic() + _HOLD_SECONDS
        while time.monotonic() < deadline and not all(call.done() for call in self._calls):
            time.sleep(_DRIP_SECONDS)
        return all(call.done() and call.code() is not grpc.StatusCode.OK for call in self._calls)

    def end(self) -> None:
        """End them all."""
        self.ended.set()
        for call in self._calls:
            call.cancel()
