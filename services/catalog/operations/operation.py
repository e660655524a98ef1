"""An operation: what was asked for, how far it is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, NamedTuple

from services.catalog.edits.request import EditRequest
from services.catalog.operations.kind import Progress, Record
from services.catalog.operations.stored_error import error_of, stored_error
from services.common.errors import AlbumenError, CancelledError


class OperationKey(NamedTuple):
    """Which operation.

    Attributes:
        library_id: of its library.
        id: its own.

    """

    library_id: str
    id: str

    @property
    def name(self) -> str:
        """Its resource name."""
        return f"libraries/{self.library_id}/operations/{self.id}"


@unique
class OperationState(StrEnum):
    """Where an operation is."""

    PENDING = "pending"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as it is at one moment; times are aware, in UTC.

    Attributes:
        library_id: of the library that it belongs to.
        number: larger than that of every operation that was begun before.
        kind: name of its kind.
        subject: what of the library it works on, as its kind says.
        request: what was asked for.
        identity: the request that began it, so that a retry is told from another one.
        create_time: when it was begun.
        start_time: when its work last began; None as long as it waits.
        end_time: when it was done; None before.
        attempts: how often its work began.
        stops: how many of the attempts were ended by a service that stopped in good order.
        cancel_requested: whether somebody wants it to end.
        progress: how far it is; that of the last attempt is not kept over a restart.
        result: what came of it, if it succeeded.
        error: why it failed, if it did.

    """

    library_id: str
    number: int
    kind: str
    subject: str
    request: Record
    create_time: datetime
    identity: EditRequest = field(default_factory=EditRequest)
    start_time: datetime | None = None
    end_time: datetime | None = None
    attempts: int = 0
    stops: int = 0
    cancel_requested: bool = False
    progress: Progress | None = None
    result: Record = field(default_factory=dict)
    error: AlbumenError | None = None

    @property
    def key(self) -> OperationKey:
        """Which one it is."""
        return OperationKey(self.library_id, f"{self.kind}-{self.number:x}")

    @property
    def done(self) -> bool:
        """Whether it is at its end."""
        return self.end_time is not None

    @property
    def state(self) -> OperationState:
        """Where it is."""
        if self.done:
            if self.error is None:
                return OperationState.SUCCEEDED
            return OperationState.CANCELLED if isinstance(self.error, CancelledError) else OperationState.FAILED
        if self.cancel_requested:
            return OperationState.CANCELLING
        return OperationState.PENDING if self.start_time is None else OperationState.RUNNING

    def ended(
        self, end_time: datetime, *, result: Record | None = None, error: AlbumenError | None = None
    ) -> "Operation":
        """Return it at its end, with what came of it."""
        return replace(self, end_time=end_time, result=result or {}, error=error)

    def stored(self) -> dict[str, Any]:
        """Return what is kept of it, as JSON can hold it."""
        return {
            "library": self.library_id,
            "number": self.number,
            "kind": self.kind,
            "subject": self.subject,
            "request": dict(self.request),
            "request_id": self.identity.id,
            "request_digest": self.identity.digest,
            "create_time": _text(self.create_time),
            "start_time": _text(self.start_time),
            "end_time": _text(self.end_time),
            "attempts": self.attempts,
            "stops": self.stops,
            "cancel_requested": self.cancel_requested,
            "progress": None if not self.done or self.progress is None else _stored_progress(self.progress),
            "result": dict(self.result),
            "error": None if self.error is None else stored_error(self.error),
        }


def operation_of(stored: Mapping[str, Any]) -> Operation:
    """Return the operation of which `stored` was kept.

    Raises:
        KeyError, TypeError, ValueError: it is not what `Operation.stored` returns.

    """
    create_time = _time(stored["create_time"])
    if create_time is None:
        raise ValueError("An operation without a time.")
    return Operation(
        library_id=str(stored["library"]),
        number=int(stored["number"]),
        kind=str(stored["kind"]),
        subject=str(stored["subject"]),
        request=dict(stored["request"]),
        create_time=create_time,
        identity=EditRequest(str(stored["request_id"]), str(stored["request_digest"])),
        start_time=_time(stored["start_time"]),
        end_time=_time(stored["end_time"]),
        attempts=int(stored["attempts"]),
        stops=int(stored["stops"]),
        cancel_requested=bool(stored["cancel_requested"]),
        progress=None if stored["progress"] is None else Progress(**stored["progress"]),
        result=dict(stored["result"]),
        error=None if stored["error"] is None else error_of(stored["error"]),
    )


def _stored_progress(progress: Progress) -> dict[str, Any]:
    return {"done": progress.done, "total": progress.total, "what": progress.what}


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
