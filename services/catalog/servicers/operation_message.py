"""Messages of operations."""

from collections.abc import Mapping
from typing import Final

from google.longrunning import operations_pb2
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import operation_pb2
from services.catalog.backup import exporting, making, restoring, verifying
from services.catalog.operations import library_work
from services.catalog.operations.operation import Operation, OperationState
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.resource_names import child_name, library_name
from services.catalog.syncing.folder_sync import FOLDER_SYNC
from services.common.wire.status import to_status

# The message of each kind's result, whose fields are called as the keys of the record.
RESPONSES: Final[Mapping[str, type[Message]]] = {
    library_work.RECLUSTERING: library_pb.StartReclusteringResponse,
    library_work.COMPACTION: library_pb.StartCompactionResponse,
    making.BACKUP: backup_pb.BackupLibraryResponse,
    restoring.RESTORE: backup_pb.RestoreLibraryResponse,
    exporting.EXPORT: backup_pb.ExportLibraryResponse,
    verifying.VERIFICATION: backup_pb.VerifyLibraryResponse,
    FOLDER_SYNC: folder_pb.SyncFolderResponse,
}
_STATES: Final = {
    OperationState.PENDING: operation_pb2.OPERATION_STATE_PENDING,
    OperationState.RUNNING: operation_pb2.OPERATION_STATE_RUNNING,
    OperationState.CANCELLING: operation_pb2.OPERATION_STATE_CANCELLING,
    OperationState.SUCCEEDED: operation_pb2.OPERATION_STATE_SUCCEEDED,
    OperationState.FAILED: operation_pb2.OPERATION_STATE_FAILED,
    OperationState.CANCELLED: operation_pb2.OPERATION_STATE_CANCELLED,
}


def operation_message(operation: Operation) -> operations_pb2.Operation:
    """Return the message of an operation; one without a number, which was not begun, has no name."""
    name = child_name(operation.library_id, "operations", operation.key.id) if operation.number else ""
    message = operations_pb2.Operation(name=name, done=operation.done)
    message.metadata.Pack(_metadata(operation))
    if operation.error is not None:
        message.error.CopyFrom(to_status(operation.error))
    elif operation.done:
        # A kind, or a key, that this version does not know comes of another one.
        response = RESPONSES.get(operation.kind, Empty)()
        message.response.Pack(json_format.ParseDict(dict(operation.result), response, ignore_unknown_fields=True))
    return message


def _metadata(operation: Operation) -> operation_pb2.OperationMetadata:
    library = library_name(operation.library_id)
    metadata = operation_pb2.OperationMetadata(
        kind=operation.kind,
        target=f"{library}/{operation.subject}" if operation.subject else library,
        state=_STATES[operation.state],
        create_time=timestamp(operation.create_time),
        attempt_count=operation.attempts,
    )
    if operation.start_time is not None:
        metadata.start_time.CopyFrom(timestamp(operation.start_time))
    if operation.end_time is not None:
        metadata.end_time.CopyFrom(timestamp(operation.end_time))
    if operation.progress is not None:
        metadata.done_count = operation.progress.done
        metadata.total_count = operation.progress.total
        metadata.unit = operation.progress.what
    return metadata
