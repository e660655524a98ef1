"""Operations over the wire, begun, waited for and looked at by tests."""

from collections.abc import Awaitable
from typing import Any

from google.longrunning import operations_pb2 as lro

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import operation_pb2
from tests.catalog.conftest import World
from tests.serving import Failure

NONE = "libraries/default/operations/none"
LIBRARY_PATH = "libraries/none"


def metadata_of(operation: lro.Operation) -> operation_pb2.OperationMetadata:
    metadata = operation_pb2.OperationMetadata()
    assert operation.metadata.Unpack(metadata)
    return metadata


async def compact(world: World, **fields: Any) -> lro.Operation:
    return await world.libraries.StartCompaction(pb.StartCompactionRequest(**fields))


async def get(world: World, name: str) -> lro.Operation:
    found: lro.Operation = await world.operations.GetOperation(lro.GetOperationRequest(name=name))
    return found


async def wait(world: World, name: str, seconds: float | None = None, **options: Any) -> lro.Operation:
    request = lro.WaitOperationRequest(name=name)
    if seconds is not None:
        request.timeout.FromMilliseconds(round(1000 * seconds))
    found: lro.Operation = await world.operations.WaitOperation(request, **options)
    return found


async def listed(world: World, **fields: Any) -> list[str]:
    found = await world.operations.ListOperations(lro.ListOperationsRequest(**fields))
    return [operation.name for operation in found.operations]


async def failed(operation: Awaitable[lro.Operation]) -> Failure:
    found = await operation
    assert found.done
    return Failure(found.error)
