"""Each misuse, for as long as a block lasts."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from random import Random
from typing import Final

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageBytesRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest
from albumen.embedder.v1.embedder_service_pb2 import EmbedRequest, FaceImage
from torture.answer import ask
from torture.service import Service
from torture.streams.calls import INDEX, STREAMS, Calls
from torture.streams.sockets import connections

_OVERSIZED: Final = 60 * 1024 * 1024
_TOGETHER: Final = 8

Note = Callable[[str], None]
Attack = Callable[[Service, Random, Note], AbstractContextManager[None]]


@contextmanager
def _held(service: Service, note: Note) -> Iterator[Calls]:
    with service.channel() as channel:
        calls = Calls(channel)
        try:
            yield calls
            for trouble in calls.troubles():
                note(trouble)
        finally:
            calls.end()


@contextmanager
def idle(service: Service, _: Random, note: Note, *, count: int = 256) -> Iterator[None]:
    """Open streams, and send nothing."""
    with _held(service, note) as calls:
        for _number in range(count):
            calls.begin(STREAMS[service.name], calls.idle())
        yield


@contextmanager
def stalled(service: Service, generator: Random, note: Note, *, count: int = 24) -> Iterator[None]:
    """Begin uploads that stop in the middle."""
    with _held(service, note) as calls:
        for _number in range(count):
            calls.begin(INDEX, calls.stalled_upload(generator))
        yield


@contextmanager
def dripping(service: Service, generator: Random, note: Note, *, count: int = 24) -> Iterator[None]:
    """Upload photos a byte at a time."""
    with _held(service, note) as calls:
        for _number in range(count):
            calls.begin(INDEX, calls.dripping_upload(generator))
        yield


@contextmanager
def endless(service: Service, generator: Random, note: Note, *, count: int = _TOGETHER) -> Iterator[None]:
    """Upload photos that have no end."""
    with _held(service, note) as calls:
        for _number in range(count):
            calls.begin(INDEX, calls.endless_upload(generator))
        yield
        if not calls.all_failed():
            note("an upload without an end was not refused")


@contextmanager
def unread(service: Service, _: Random, note: Note, *, count: int = 4) -> Iterator[None]:
    """Send photos or faces, and read no answer."""
    with _held(service, note) as calls:
        for _number in range(count):
            calls.begin(STREAMS[service.name], calls.unread(service.name))
        yield


@contextmanager
def cancelled(service: Service, generator: Random, note: Note, *, count: int = 60) -> Iterator[None]:
    """Cancel calls in the middle of whatever they do."""
    with _held(service, note) as calls:
        for _number in range(count):
            kinds = [calls.idle()]
            if service.name == "catalog":
                kinds += [calls.stalled_upload(generator), calls.dripping_upload(generator)]
            else:
                kinds += [calls.unread(service.name)]
            calls.begin(STREAMS[service.name], generator.choice(kinds))
        calls.cancel_at_random(generator)
        yield


@contextmanager
def abandoned(service: Service, generator: Random, _: Note, *, count: int = 40) -> Iterator[None]:
    """Open streams, and go away without a word."""
    for _number in range(3):
        with service.channel() as channel:
            calls = Calls(channel)
            for _other in range(count):
                stalls = service.name == "catalog" and generator.random() < 0.5
                calls.begin(STREAMS[service.name], calls.stalled_upload(generator) if stalls else calls.idle())
        calls.end()
    yield


@contextmanager
def oversized(service: Service, _: Random, note: Note, *, count: int = _TOGETHER) -> Iterator[None]:
    """Send messages of 60 MiB, several at once."""
    content = bytes(_OVERSIZED)
    if service.name == "catalog":
        path = "albumen.catalog.v1.ImageService/IndexImageBytes"
        request = IndexImageBytesRequest(header=ImageHeader(), content=content).SerializeToString()
    elif service.name == "embedder":
        path = "albumen.embedder.v1.EmbedderService/Embed"
        request = EmbedRequest(faces=[FaceImage(content=content)]).SerializeToString()
    else:
        path = "albumen.detector.v1.DetectorService/Detect"
        request = DetectRequest(content=content).SerializeToString()

    def send() -> None:
        with service.channel() as channel:
            answer = ask(channel, path, [request], seconds=60)
            # The transport refuses what it does not read, in words of its own.
            if answer.ok or answer.lost:
                note(f"60 MiB: {answer.code.name} {answer.trouble}")

    threads = [threading.Thread(target=send, daemon=True) for _number in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@contextmanager
def half_open(service: Service, generator: Random, _: Note, *, count: int = 64) -> Iterator[None]:
    """Connect, and do not speak HTTP/2 as one should."""
    with connections(service.address, count, generator):
        yield


ATTACKS: Final[Mapping[str, tuple[str, Attack]]] = {
    "cancelled-catalog": ("catalog", cancelled),
    "cancelled-detector": ("detector", cancelled),
    "cancelled-embedder": ("embedder", cancelled),
    "half-open-catalog": ("catalog", half_open),
    "half-open-detector": ("detector", half_open),
    "half-open-embedder": ("embedder", half_open),
    "abandoned-catalog": ("catalog", abandoned),
    "abandoned-detector": ("detector", abandoned),
    "abandoned-embedder": ("embedder", abandoned),
    "idle-catalog": ("catalog", idle),
    "idle-detector": ("detector", idle),
    "idle-embedder": ("embedder", idle),
    "unread-detector": ("detector", unread),
    "unread-embedder": ("embedder", unread),
    "stalled-catalog": ("catalog", stalled),
    "stalled-few-catalog": ("catalog", partial(stalled, count=8)),
    "dripping-catalog": ("catalog", dripping),
    "endless-catalog": ("catalog", endless),
    "oversized-catalog": ("catalog", oversized),
    "oversized-embedder": ("embedder", oversized),
    "oversized-detector": ("detector", oversized),
}
