"""Why an operation failed, as JSON can hold it: callers ask for it long afterwards, and after restarts."""

from collections.abc import Mapping
from typing import Any, Final

from services.common.errors import AlbumenError, InternalError, Reason, Violation

_TYPES: Final[Mapping[str, type[AlbumenError]]] = {kind.__name__: kind for kind in AlbumenError.__subclasses__()}


def stored_error(error: AlbumenError) -> dict[str, Any]:
    """Return what is kept of an error; when to try again is not, as that moment passes."""
    return {
        "type": type(error).__name__,
        "reason": str(error.reason),
        "message": error.message,
        "resource": error.resource,
        "metadata": error.metadata,
        "violations": [
            {"reason": str(one.reason), "field": one.field, "message": one.message, "metadata": dict(one.metadata)}
            for one in error.violations
        ],
    }


def error_of(stored: Mapping[str, Any]) -> AlbumenError:
    """Return the error of which `stored` was kept; of one that this version does not know, its message."""
    return _TYPES.get(stored["type"], InternalError)(
        _reason(stored["reason"]),
        stored["message"],
        resource=stored["resource"],
        metadata=stored["metadata"],
        violations=[
            Violation(_reason(one["reason"]), one["field"], one["message"], one["metadata"])
            for one in stored["violations"]
        ],
    )


def _reason(name: str) -> Reason:
    return Reason(name) if name in Reason.__members__ else Reason.INTERNAL
