"""The one table from the error tree to gRPC status codes, and `google.rpc.Status` with its details both ways."""

from typing import Any, Final

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from services.common.errors import (
    AbortedError,
    AlbumenError,
    AlreadyExistsError,
    DeadlineExceededError,
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)

DOMAIN: Final = "albumen"

_CODES: Final[dict[type[AlbumenError], int]] = {
    InvalidArgumentError: code_pb2.INVALID_ARGUMENT,
    NotFoundError: code_pb2.NOT_FOUND,
    AlreadyExistsError: code_pb2.ALREADY_EXISTS,
    FailedPreconditionError: code_pb2.FAILED_PRECONDITION,
    AbortedError: code_pb2.ABORTED,
    ResourceExhaustedError: code_pb2.RESOURCE_EXHAUSTED,
    UnavailableError: code_pb2.UNAVAILABLE,
    DeadlineExceededError: code_pb2.DEADLINE_EXCEEDED,
    InternalError: code_pb2.INTERNAL,
}
_ERRORS: Final = {code: error for error, code in _CODES.items()}


def to_status(error: AlbumenError) -> Status:
    """Return the status of `error`: one ErrorInfo, and BadRequest, ResourceInfo and RetryInfo where they apply."""
    status = Status(code=_CODES[type(error)], message=error.message)
    details: list[
        error_details_pb2.ErrorInfo
        | error_details_pb2.BadRequest
        | error_details_pb2.ResourceInfo
        | error_details_pb2.RetryInfo
    ] = [error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)]
    if error.field is not None:
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=error.field, description=error.message, reason=error.reason
        )
        details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    if error.resource is not None:
        details.append(error_details_pb2.ResourceInfo(resource_name=error.resource, description=error.message))
    if error.retry_after is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after * 1000))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    for detail in details:
        status.details.add().Pack(detail)
    return status


def from_status(status: Status) -> AlbumenError:
    """Return the error that `status` describes; one that is not ours becomes an error of its code without a field."""
    error_type = _ERRORS.get(status.code, InternalError)
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    resource = error_details_pb2.ResourceInfo()
    retry = error_details_pb2.RetryInfo()
    for detail in status.details:
        for message in (info, request, resource, retry):
            detail.Unpack(message)
    known = info.domain == DOMAIN and info.reason in Reason.__members__
    return error_type(
        Reason(info.reason) if known else _reason_of(status.code),
        status.message,
        field=request.field_violations[0].field if request.field_violations else None,
        resource=resource.resource_name or None,
        retry_after=retry.retry_delay.ToMilliseconds() / 1000 if retry.HasField("retry_delay") else None,
        metadata=dict(info.metadata),
    )


def from_rpc_error(error: grpc.RpcError) -> AlbumenError:
    """Return the error that a failed call carries, whether it has rich details or only a code."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return InternalError(Reason.INTERNAL, "The call failed without a status.")
    code = error.code()
    # The stubs know of metadata with names only; it unpacks as a pair.
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == rpc_status.GRPC_DETAILS_METADATA_KEY and isinstance(value, bytes):
            return from_status(Status.FromString(value))
    return from_status(Status(code=code.value[0], message=error.details() or ""))


def _reason_of(code: int) -> Reason:
    if code == code_pb2.DEADLINE_EXCEEDED:
        return Reason.DEADLINE_EXCEEDED
    return Reason.OVERLOADED if code == code_pb2.RESOURCE_EXHAUSTED else Reason.INTERNAL
