"""The one table from the error tree to gRPC status codes, and `google.rpc.Status` with its details both ways."""

import re
from collections.abc import Mapping
from typing import Any, Final

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from services.common.errors import (
    AbortedError,
    AlbumenError,
    AlreadyExistsError,
    CancelledError,
    DeadlineExceededError,
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
    Violation,
)
from services.common.wire.status_size import fitted

# A private-use top-level name: nobody else can own it.
DOMAIN: Final = "albumen.internal"

PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"
# Five attempts of a caller, each of which takes five of ours, would be a minute.
NEVER: Final = "-1"

# What the transport of a service says of a request that no method takes; by its code it would be sent again and again.
_TOO_LARGE: Final = "SERVER: Received message larger than max"

_CODES: Final[dict[type[AlbumenError], int]] = {
    InvalidArgumentError: code_pb2.INVALID_ARGUMENT,
    NotFoundError: code_pb2.NOT_FOUND,
    AlreadyExistsError: code_pb2.ALREADY_EXISTS,
    FailedPreconditionError: code_pb2.FAILED_PRECONDITION,
    AbortedError: code_pb2.ABORTED,
    ResourceExhaustedError: code_pb2.RESOURCE_EXHAUSTED,
    UnavailableError: code_pb2.UNAVAILABLE,
    DeadlineExceededError: code_pb2.DEADLINE_EXCEEDED,
    CancelledError: code_pb2.CANCELLED,
    InternalError: code_pb2.INTERNAL,
}
_ERRORS: Final = {code: error for error, code in _CODES.items()}
_RESOURCE_TYPES: Final = {
    "libraries": "Library",
    "albums": "Album",
    "folders": "Folder",
    "images": "Image",
    "faces": "Face",
    "people": "Person",
    "edits": "Edit",
    "operations": "Operation",
    "backups": "Backup",
}
_OF_LATER_VIOLATION: Final = re.compile(r"(?P<key>.+)_(?P<index>[1-9][0-9]*)")


def to_status(error: AlbumenError) -> Status:
    """Return the status of `error`: one ErrorInfo, and BadRequest, ResourceInfo and RetryInfo where they apply.

    BadRequest has no place for figures, so ErrorInfo's metadata holds those of all violations: the first one's as
    they are, ``limit`` for example, and that of ``field_violations[2]`` as ``limit_2``. Whatever would make the
    status too large for the trailers of a call is cut.
    """
    return fitted(_CODES[type(error)], error.message, _details(error))


def from_status(status: Status) -> AlbumenError:
    """Return the error that `status` describes; one that is not ours becomes an error of its code without a field."""
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    resource = error_details_pb2.ResourceInfo()
    retry = error_details_pb2.RetryInfo()
    for detail in status.details:
        for message in (info, request, resource, retry):
            detail.Unpack(message)
    error_type = _ERRORS.get(status.code, InternalError)
    if error_type is CancelledError and info.domain != DOMAIN:
        # Nobody of ours asked for it: the connection broke off.
        error_type = InternalError
    reason = _reason(info.reason, status.code) if info.domain == DOMAIN else _reason_of(status.code)
    figures = _figures_by_violation(info.metadata, len(request.field_violations))
    violations = [
        Violation(_reason(found.reason, status.code), found.field, found.description, figures[index])
        for index, found in enumerate(request.field_violations)
    ]
    return error_type(
        reason,
        status.message,
        violations=violations,
        resource=resource.resource_name or None,
        retry_after=retry.retry_delay.ToMilliseconds() / 1000 if retry.HasField("retry_delay") else None,
        metadata=figures[0],
    )


def from_rpc_error(error: grpc.RpcError) -> AlbumenError:
    """Return the error that a failed call carries, whether it has rich details or only a code."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return InternalError(Reason.INTERNAL, "The call failed without a status.")
    details = _trailer(error, rpc_status.GRPC_DETAILS_METADATA_KEY)
    if details is None and _TOO_LARGE in (error.details() or ""):
        return InvalidArgumentError(Reason.REQUEST_TOO_LARGE, f"The message is too large: {error.details()}")
    if details is None:
        return from_status(Status(code=error.code().value[0], message=error.details() or ""))
    answer = from_status(Status.FromString(details))
    answer.retried = _trailer(error, PUSHBACK_KEY) == NEVER
    return answer


def has_details(error: grpc.RpcError) -> bool:
    """Return whether a service answered; else it is the transport that speaks, in words of its own."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return False
    return _trailer(error, rpc_status.GRPC_DETAILS_METADATA_KEY) is not None


def resource_type(name: str) -> str:
    """Return the type of the resource called `name`, for example ``albumen.internal/Face``; empty if it has none.

    Args:
        name: for example ``libraries/default/faces/17``.

    """
    # Collections and ids take turns, so the last collection is at the last even place.
    collections = name.split("/")[::2]
    kind = _RESOURCE_TYPES.get(collections[-1])
    return f"{DOMAIN}/{kind}" if kind else ""


def _trailer(error: "grpc.Call | grpc.aio.AioRpcError", wanted: str) -> Any:  # noqa: ANN401 - text, or bytes
    # The stubs know of metadata with names only; it unpacks as a pair.
    metadata: Any = error.trailing_metadata() or ()
    return next((value for key, value in metadata if key == wanted), None)


def _details(error: AlbumenError) -> list[Message]:
    details = [error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=_figures(error))]
    if error.violations:
        details.append(error_details_pb2.BadRequest(field_violations=map(_violation, error.violations)))
    if error.resource is not None:
        details.append(
            error_details_pb2.ResourceInfo(
                resource_type=resource_type(error.resource), resource_name=error.resource, description=error.message
            )
        )
    if error.retry_after is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after * 1000))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    return details


def _violation(violation: Violation) -> error_details_pb2.BadRequest.FieldViolation:
    return error_details_pb2.BadRequest.FieldViolation(
        field=violation.field, description=violation.message, reason=violation.reason
    )


def _figures(error: AlbumenError) -> dict[str, str]:
    figures = dict(error.metadata)
    for index, violation in enumerate(error.violations[1:], start=1):
        figures |= {f"{key}_{index}": value for key, value in violation.metadata.items()}
    return figures


def _figures_by_violation(metadata: Mapping[str, str], violations: int) -> list[dict[str, str]]:
    """Return the figures of each violation; those of the error itself, and so of the first, are always there."""
    figures: list[dict[str, str]] = [{} for _ in range(max(1, violations))]
    for key, value in metadata.items():
        later = _OF_LATER_VIOLATION.fullmatch(key)
        if later is not None and int(later["index"]) < violations:
            figures[int(later["index"])][later["key"]] = value
        else:
            figures[0][key] = value
    return figures


def _reason(name: str, code: int) -> Reason:
    return Reason(name) if name in Reason.__members__ else _reason_of(code)


def _reason_of(code: int) -> Reason:
    if code == code_pb2.DEADLINE_EXCEEDED:
        return Reason.DEADLINE_EXCEEDED
    return Reason.OVERLOADED if code == code_pb2.RESOURCE_EXHAUSTED else Reason.INTERNAL
