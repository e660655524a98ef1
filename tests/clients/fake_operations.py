"""The part of the fake catalog that has operations."""

# ruff: noqa: N802, ARG002

from __future__ import annotations

from typing import TYPE_CHECKING

from google.longrunning import operations_pb2 as pb
from google.longrunning.operations_pb2_grpc import OperationsServicer
from google.protobuf.empty_pb2 import Empty

from services.common.errors import FailedPreconditionError, NotFoundError, Reason
from tests.clients.fake_state import Faults

if TYPE_CHECKING:
    import grpc


class FakeOperationsService(Faults, OperationsServicer):  # type: ignore[misc] # has no types
    def GetOperation(self, request: pb.GetOperationRequest, context: grpc.ServicerContext) -> pb.Operation:
        return self._told(request.name, context)[0]

    def ListOperations(
        self, request: pb.ListOperationsRequest, context: grpc.ServicerContext
    ) -> pb.ListOperationsResponse:
        self.state.operation_calls.append(request)
        found, token = self.page([told[0] for told in self.state.operations.values()], request.page_token)
        return pb.ListOperationsResponse(operations=found, next_page_token=token)

    def WaitOperation(self, request: pb.WaitOperationRequest, context: grpc.ServicerContext) -> pb.Operation:
        self.state.operation_calls.append(request)
        told = self._told(request.name, context)
        return told.pop(0) if len(told) > 1 else told[0]

    def CancelOperation(self, request: pb.CancelOperationRequest, context: grpc.ServicerContext) -> Empty:
        self._told(request.name, context)
        self.state.operation_calls.append(request)
        return Empty()

    def DeleteOperation(self, request: pb.DeleteOperationRequest, context: grpc.ServicerContext) -> Empty:
        with self.rich(context):
            if not self._told(request.name, context)[0].done:
                raise FailedPreconditionError(Reason.OPERATION_NOT_DONE, "It is not done.")
        del self.state.operations[request.name]
        return Empty()

    def _told(self, name: str, context: grpc.ServicerContext) -> list[pb.Operation]:
        with self.rich(context):
            if name not in self.state.operations:
                raise NotFoundError(Reason.OPERATION_NOT_FOUND, f"There is no operation {name}.")
        return self.state.operations[name]
