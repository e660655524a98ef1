"""The errors of operations that ended before their work was done."""

from services.catalog.operations.operation import Operation
from services.common.errors import AbortedError, CancelledError, Reason


def cancelled(operation: Operation) -> CancelledError:
    """Return the error of an operation that somebody cancelled."""
    return CancelledError(
        Reason.OPERATION_CANCELLED,
        "It was cancelled. What was done until then stays done.",
        resource=operation.key.name,
    )


def interrupted(operation: Operation, why: str) -> AbortedError:
    """Return the error of an operation that can't be gone on with after the service stopped or died."""
    return AbortedError(
        Reason.OPERATION_INTERRUPTED,
        f"It was interrupted: {why}, and it can't be gone on with. Begin it anew.",
        resource=operation.key.name,
        metadata={"attempts": str(operation.attempts)},
    )
