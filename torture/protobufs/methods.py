"""Every method of the three services, from their descriptors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from albumen.catalog.v1 import (
    album_service_pb2,
    image_service_pb2,
    library_service_pb2,
    people_edit_service_pb2,
    people_service_pb2,
    search_service_pb2,
    summary_service_pb2,
)
from albumen.detector.v1 import detector_service_pb2
from albumen.embedder.v1 import embedder_service_pb2

_FILES: Final[dict[str, tuple[FileDescriptor, ...]]] = {
    "catalog": (
        album_service_pb2.DESCRIPTOR,
        image_service_pb2.DESCRIPTOR,
        library_service_pb2.DESCRIPTOR,
        people_edit_service_pb2.DESCRIPTOR,
        people_service_pb2.DESCRIPTOR,
        search_service_pb2.DESCRIPTOR,
        summary_service_pb2.DESCRIPTOR,
    ),
    "detector": (detector_service_pb2.DESCRIPTOR,),
    "embedder": (embedder_service_pb2.DESCRIPTOR,),
}
_READING: Final = ("Get", "List", "BatchGet", "Search", "Suggest", "Summarize", "Detect", "Embed")


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a service.

    Attributes:
        server: ``catalog``, ``detector`` or ``embedder``.
        name: for example ``ImageService.GetImage``; no two have the same.
        path: for example ``albumen.catalog.v1.ImageService/GetImage``.
        request: what it takes.
        response: what it answers with.
        takes_stream: whether it takes any number of requests.

    """

    server: str
    name: str
    path: str
    request: Descriptor
    response: Descriptor
    takes_stream: bool

    @property
    def only_reads(self) -> bool:
        """Whether it can't change anything."""
        return self.name.partition(".")[2].startswith(_READING)

    def new_request(self) -> Message:
        """Return an empty request."""
        return GetMessageClass(self.request)()

    def parse(self, body: bytes) -> Message:
        """Return a response."""
        return GetMessageClass(self.response).FromString(body)


def all_methods() -> dict[str, Method]:
    """Return every method by its name."""
    return {method.name: method for method in _methods()}


def _methods() -> Iterator[Method]:
    for server, files in _FILES.items():
        for file in files:
            for service in file.services_by_name.values():
                for method in service.methods:
                    yield _method(server, method)


def _method(server: str, method: MethodDescriptor) -> Method:
    service = method.containing_service
    return Method(
        server,
        f"{service.name}.{method.name}",
        f"{service.full_name}/{method.name}",
        method.input_type,
        method.output_type,
        bool(method.client_streaming),
    )
