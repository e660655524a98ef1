"""Server reflection, grpc.reflection.v1 and v1alpha: what tools such as grpcurl ask before they call.

Both versions have the same messages, so the messages of v1alpha, which come with a package, serve v1 too.
"""

from collections.abc import AsyncIterator, Iterable
from functools import cached_property
from typing import Final

import grpc
from google.protobuf import text_format
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha import reflection_pb2 as pb

from services.common.excerpt import excerpt
from services.common.wire.context import Context
from services.common.wire.descriptors import DescriptorIndex, File, contract_files, file_of_symbol

_ALPHA: Final = "grpc.reflection.v1alpha"
_STABLE: Final = "grpc.reflection.v1"
REFLECTION_SERVICES: Final = (f"{_STABLE}.ServerReflection", f"{_ALPHA}.ServerReflection")


class Reflection:
    """Tells what a server offers.

    Args:
        services: full names of the services, those of reflection apart; the generated code of each is imported.

    """

    def __init__(self, services: Iterable[str]) -> None:
        self._declared = frozenset(services)
        self._services = sorted({*services, *REFLECTION_SERVICES})

    @cached_property
    def _index(self) -> DescriptorIndex:
        """What the server offers; most servers are never asked."""
        # The details of errors are in no request or response, and a tool that prints an error wants to know them.
        errors = file_of_symbol(error_details_pb2.ErrorInfo.DESCRIPTOR.full_name)
        services = map(file_of_symbol, sorted(self._declared))
        return DescriptorIndex([*contract_files(), errors, *services, *_own_files()])

    async def answer(
        self,
        requests: AsyncIterator[pb.ServerReflectionRequest],
        context: Context,  # noqa: ARG002 - gRPC passes it
    ) -> AsyncIterator[pb.ServerReflectionResponse]:
        """Answer questions in the order in which they come."""
        async for request in requests:
            response = pb.ServerReflectionResponse(valid_host=request.host, original_request=request)
            try:
                self._fill(response, request)
            except KeyError:
                response.error_response.error_code = grpc.StatusCode.NOT_FOUND.value[0]
                response.error_response.error_message = f"The server does not know {_asked(request)!r}."
            yield response

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serve both versions."""
        handler = grpc.stream_stream_rpc_method_handler(
            self.answer, pb.ServerReflectionRequest.FromString, pb.ServerReflectionResponse.SerializeToString
        )
        for service in REFLECTION_SERVICES:
            methods = grpc.method_handlers_generic_handler(service, {"ServerReflectionInfo": handler})
            server.add_generic_rpc_handlers((methods,))

    def _fill(self, response: pb.ServerReflectionResponse, request: pb.ServerReflectionRequest) -> None:
        match request.WhichOneof("message_request"):
            case "list_services":
                for name in self._services:
                    response.list_services_response.service.add(name=name)
            case "file_by_filename":
                _send(response, self._index.by_name(request.file_by_filename))
            case "file_containing_symbol":
                _send(response, self._index.by_symbol(request.file_containing_symbol))
            case "file_containing_extension":
                extension = request.file_containing_extension
                _send(response, self._index.by_extension(extension.containing_type, extension.extension_number))
            case "all_extension_numbers_of_type":
                message = request.all_extension_numbers_of_type
                numbers = self._index.extension_numbers(message)
                response.all_extension_numbers_response.base_type_name = message
                response.all_extension_numbers_response.extension_number.extend(numbers)
            case _:
                response.error_response.error_code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
                response.error_response.error_message = "The request asks nothing."


def _own_files() -> list[File]:
    """Return the file of v1alpha and, made from it, that of v1, which no package brings."""
    alpha = file_of_symbol(REFLECTION_SERVICES[1])
    stable = text_format.Parse(text_format.MessageToString(alpha).replace(_ALPHA, _STABLE), File())
    stable.name = "grpc/reflection/v1/reflection.proto"
    return [alpha, stable]


def _send(response: pb.ServerReflectionResponse, files: list[File]) -> None:
    response.file_descriptor_response.file_descriptor_proto.extend(file.SerializeToString() for file in files)


def _asked(request: pb.ServerReflectionRequest) -> str:
    field = request.WhichOneof("message_request")
    return excerpt(str(getattr(request, field)))
