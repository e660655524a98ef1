"""google.longrunning.Operations: translates between its messages and the operations of the catalog."""

import asyncio
from typing import Final

from google.longrunning import operations_pb2 as pb
from google.longrunning import operations_pb2_grpc as pb_grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty

from services.catalog.expressions.faults import ExpressionError
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_filter import Accepts, operation_filter
from services.catalog.operations.operations import Operations
from services.catalog.servicers.operation_message import operation_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_child, parse_library
from services.catalog.watchers import Watchers
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_FILTER_CHARS
from services.common.wire.context import Context

_MAX_PAGE: Final = 1_000
_ALL: Final = "libraries/-"
# What an answer may take to be with its caller before the deadline of the call.
_MARGIN: Final = 0.1
_MAX_MARGIN_SECONDS: Final = 1.0


class OperationsServicer(pb_grpc.OperationsServicer):  # type: ignore[misc] # has no types
    """Finds, lists, cancels and awaits operations.

    Args:
        operations: of the catalog.
        watchers: those who wait for one, who are told of its end by its name.
        executor: runs what writes.

    """

    def __init__(self, operations: Operations, watchers: Watchers, executor: BoundedExecutor) -> None:
        self._operations = operations
        self._watchers = watchers
        self._executor = executor

    async def GetOperation(self, request: pb.GetOperationRequest, context: Context) -> pb.Operation:
        """Get an operation."""
        return operation_message(self._operations.get(_key(request.name)))

    async def ListOperations(self, request: pb.ListOperationsRequest, context: Context) -> pb.ListOperationsResponse:
        """List operations, the newest first."""
        checks = Checks()
        library = None if request.name == _ALL else checks.run(parse_library, request.name, field="name")
        accepts = checks.run(_filter, request.filter)
        query = ("operations", checks.known(library), request.filter)
        page = PageRequest(checks, request, *query, most=_MAX_PAGE)
        checks.done()

        def read() -> tuple[list[pb.Operation], str]:
            return page.fill(
                lambda after, limit: self._operations.page(library, accepts, after=after, limit=limit),
                operation_message,
            )

        operations, next_page_token = await self._executor.run(read)
        return pb.ListOperationsResponse(operations=operations, next_page_token=next_page_token)

    async def CancelOperation(self, request: pb.CancelOperationRequest, context: Context) -> Empty:
        """Have an operation end."""
        await self._executor.run(self._operations.cancel, _key(request.name))
        return Empty()

    async def DeleteOperation(self, request: pb.DeleteOperationRequest, context: Context) -> Empty:
        """Forget an operation that is done."""
        await self._executor.run(self._operations.delete, _key(request.name))
        return Empty()

    async def WaitOperation(self, request: pb.WaitOperationRequest, context: Context) -> pb.Operation:
        """Wait until an operation is done, or for so long."""
        checks = Checks()
        key = checks.run(_key, request.name)
        timeout = checks.run(_timeout, request.timeout) if request.HasField("timeout") else None
        checks.done()
        return operation_message(await self._wait(key, _shorter(timeout, context.time_remaining())))

    async def _wait(self, key: OperationKey, seconds: float | None) -> Operation:
        operation = self._operations.get(key)
        if operation.done or (seconds is not None and seconds <= 0):
            return operation
        with self._watchers.watch(key.name) as topic:
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        generation = topic.generation
                        # One that is gone is not found.
                        operation = self._operations.get(key)
                        if operation.done:
                            return operation
                        await topic.changed_since(generation)
            except TimeoutError:
                return self._operations.get(key)


def _key(name: str) -> OperationKey:
    return OperationKey(*parse_child(name, "operations", field="name"))


def _filter(text: str) -> Accepts:
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidArgumentError(
            Reason.FILTER_INVALID,
            f"A filter of {len(text):,} characters is longer than the limit of {MAX_FILTER_CHARS:,}.",
            field="filter",
            metadata={"limit": str(MAX_FILTER_CHARS), "value": str(len(text))},
        )
    try:
        return operation_filter(text)
    except ExpressionError as error:
        raise error.refusal(Reason.FILTER_INVALID, "filter") from None


def _timeout(timeout: Duration) -> float:
    seconds: float = timeout.seconds + timeout.nanos / 1e9
    if seconds < 0:
        raise InvalidArgumentError(
            Reason.TIMEOUT_INVALID,
            f"Nobody can wait for {seconds:g} seconds. Leave the timeout out to wait for as long as it takes.",
            field="timeout",
        )
    return seconds


def _shorter(timeout: float | None, remaining: float | None) -> float | None:
    """Return how long to wait, so that the answer is there before the deadline; None for as long as it takes."""
    if remaining is None:
        return timeout
    remaining -= min(remaining * _MARGIN, _MAX_MARGIN_SECONDS)
    return remaining if timeout is None else min(timeout, remaining)
