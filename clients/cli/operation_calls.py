"""Calls of a catalog's operations: what goes on by itself."""

import uuid
from collections.abc import Iterator
from typing import Final

import grpc
from google.longrunning.operations_pb2 import (
    CancelOperationRequest,
    DeleteOperationRequest,
    GetOperationRequest,
    ListOperationsRequest,
    Operation,
    WaitOperationRequest,
)
from google.longrunning.operations_pb2_grpc import OperationsStub
from google.protobuf.duration_pb2 import Duration

from albumen.catalog.v1.library_service_pb2 import StartCompactionRequest, StartReclusteringRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from clients.cli.paging import CALL_SECONDS, pages

_PER_PAGE: Final = 100


class OperationCalls:
    """The operations of one library. Calls raise `grpc.RpcError`.

    Args:
        channel: to the catalog.
        parent: resource name of the library.

    """

    def __init__(self, channel: grpc.Channel, parent: str) -> None:
        self._operations = OperationsStub(channel)
        self._libraries = LibraryServiceStub(channel)
        self._parent = parent

    def name(self, identifier: str) -> str:
        """Return the resource name of an operation, of which its id or its whole name was typed."""
        return identifier if identifier.startswith("libraries/") else f"{self._parent}/operations/{identifier}"

    def get(self, name: str) -> Operation:
        """Return an operation as it is now."""
        return self._operations.GetOperation(GetOperationRequest(name=name), timeout=CALL_SECONDS)

    def list(self, *, everywhere: bool = False, only: str = "", page_size: int = _PER_PAGE) -> Iterator[Operation]:
        """Yield operations that meet the filter `only`, the newest first; those of all libraries if `everywhere`."""
        parent = "libraries/-" if everywhere else self._parent
        request = ListOperationsRequest(name=parent, filter=only, page_size=page_size)
        for page in pages(self._operations.ListOperations, request):
            yield from page.operations

    def wait(self, name: str, seconds: float) -> Operation:
        """Return an operation when it is done, or after so many seconds."""
        timeout = Duration()
        timeout.FromMilliseconds(round(seconds * 1000))
        request = WaitOperationRequest(name=name, timeout=timeout)
        return self._operations.WaitOperation(request, timeout=CALL_SECONDS + seconds)

    def cancel(self, name: str) -> None:
        """Have an operation end."""
        self._operations.CancelOperation(CancelOperationRequest(name=name), timeout=CALL_SECONDS)

    def delete(self, name: str) -> None:
        """Forget an operation that is done."""
        self._operations.DeleteOperation(DeleteOperationRequest(name=name), timeout=CALL_SECONDS)

    def start_reclustering(self, eps: float | None) -> Operation:
        """Begin to think again about everybody, by a new `eps` if there is one."""
        request = StartReclusteringRequest(name=self._parent, eps=eps, request_id=str(uuid.uuid4()))
        return self._libraries.StartReclustering(request, timeout=CALL_SECONDS)

    def start_compaction(self) -> Operation:
        """Begin to write the library's file anew."""
        request = StartCompactionRequest(name=self._parent, request_id=str(uuid.uuid4()))
        return self._libraries.StartCompaction(request, timeout=CALL_SECONDS)
