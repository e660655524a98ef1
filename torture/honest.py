"""A client that misuses nothing, and must be served whatever others do."""

import time
from collections.abc import Iterator
from random import Random
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageBytesRequest, ListImagesRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest
from albumen.embedder.v1.embedder_service_pb2 import EmbedRequest, FaceImage
from services.common.errors import Reason
from torture.answer import Answer, ask, judge
from torture.images.samples import sample
from torture.photos import ShownFace, make_photo
from torture.service import Service

# A machine that does other things, too, makes nobody wait for longer.
_SECONDS: Final = 30.0
# Nobody asks without a pause, even where RetryInfo does not ask for one.
_LEAST_PAUSE_SECONDS: Final = 0.1
_CROP: Final = bytes(160 * 160 * 3)


def troubles_of_honest(service: Service, generator: Random) -> Iterator[str]:
    """Ask a service for its health and for its work; yield what is not answered well, or not in time."""
    with service.channel() as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_SECONDS)
        except grpc.RpcError as error:
            yield f"health does not answer: {judge(error).code.name}"
        else:
            if answer.status != health_pb2.HealthCheckResponse.SERVING:
                yield "health says NOT_SERVING"
        for path, request in _requests(service.name, generator):
            served = _served(channel, path, request)
            if not served.ok:
                yield f"an honest {path.rpartition('/')[2]} is not served: {served.trouble or served.reason}"


def _served(channel: grpc.Channel, path: str, request: bytes) -> Answer:
    """Call until the service is not overloaded, as its RetryInfo asks for; return the last answer."""
    deadline = time.monotonic() + _SECONDS
    while True:
        answer = ask(channel, path, [request], seconds=_SECONDS)
        if answer.reason != Reason.OVERLOADED or time.monotonic() > deadline:
            return answer
        time.sleep(max(_LEAST_PAUSE_SECONDS, answer.retry_seconds))


def _requests(name: str, generator: Random) -> Iterator[tuple[str, bytes]]:
    match name:
        case "detector":
            yield "albumen.detector.v1.DetectorService/Detect", _bytes(DetectRequest(content=sample("png")))
        case "embedder":
            yield "albumen.embedder.v1.EmbedderService/Embed", _bytes(EmbedRequest(faces=[FaceImage(rgb=_CROP)]))
        case _:
            face = ShownFace(generator.randrange(9), 0.9, 0.9, generator.getrandbits(32))
            photo = make_photo(f"honest-{generator.getrandbits(64)}", [face])
            index = IndexImageBytesRequest(header=ImageHeader(), content=photo)
            yield "albumen.catalog.v1.ImageService/IndexImageBytes", _bytes(index)
            yield "albumen.catalog.v1.ImageService/ListImages", _bytes(ListImagesRequest(page_size=5))


def _bytes(message: DetectRequest | EmbedRequest | IndexImageBytesRequest | ListImagesRequest) -> bytes:
    return message.SerializeToString()
