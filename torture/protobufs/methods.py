"""Every method of the three services, from their descriptors."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Final

from google.longrunning import operations_pb2
from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import albumen.catalog.v1
import albumen.detector.v1
import albumen.embedder.v1

_PACKAGES: Final[dict[str, ModuleType]] = {
    "catalog": albumen.catalog.v1,
    "detector": albumen.detector.v1,
    "embedder": albumen.embedder.v1,
}
_READING: Final = (
    "Get", "List", "BatchGet", "Check", "Search", "Suggest", "Summarize", "Verify", "Watch", "Wait", "Detect", "Embed",
)  # fmt: skip


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

    @property
    def never_ends(self) -> bool:
        """Whether its answer goes on for as long as the caller wants."""
        return self.name.partition(".")[2].startswith("Watch")

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
    for server, package in _PACKAGES.items():
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name.endswith("_service_pb2"):
                file: FileDescriptor = import_module(module.name).DESCRIPTOR
                yield from _methods_of(server, file)
    # The standard's own service, which the catalog serves.
    yield from _methods_of("catalog", operations_pb2.DESCRIPTOR)


def _methods_of(server: str, file: FileDescriptor) -> Iterator[Method]:
    for service in file.services_by_name.values():
        yield from (_method(server, method) for method in service.methods)


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
