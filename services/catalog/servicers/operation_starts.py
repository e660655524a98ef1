"""How a servicer begins an operation, and answers with it."""

from google.longrunning import operations_pb2

from services.catalog.operations.kind import Record
from services.catalog.operations.operations import Operations
from services.catalog.servicers.edit_request import Identified, edit_request
from services.catalog.servicers.operation_message import operation_message
from services.common.bounded_executor import BoundedExecutor


class OperationStarts:
    """Begins operations.

    Args:
        operations: of the catalog.
        opener: runs what waits for libraries.

    """

    def __init__(self, operations: Operations, opener: BoundedExecutor) -> None:
        self._operations = operations
        self._opener = opener

    async def start(self, library: str, kind: str, record: Record, request: Identified) -> operations_pb2.Operation:
        """Begin an operation, and answer with it; see `Operations.begin`.

        Args:
            library: id of the library that it belongs to.
            kind: name of its kind.
            record: what is asked for, as the kind takes it.
            request: as it came; whether its request_id is one was checked by `edit_request`, with all other checks.

        """
        operation = await self._opener.run(
            self._operations.begin,
            library,
            kind,
            record,
            identity=edit_request(request),
            validate_only=request.validate_only,
        )
        return operation_message(operation)
