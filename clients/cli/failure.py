"""What went wrong, in words for the person at the terminal, and what to do next."""

from collections.abc import Mapping, Sequence
from typing import Final

import grpc

from services.common.errors import (
    AlbumenError,
    DeadlineExceededError,
    InternalError,
    Reason,
    UnavailableError,
)
from services.common.wire.status import from_rpc_error

_ADVICE: Final[Mapping[Reason, str]] = {
    Reason.LIBRARY_NOT_FOUND: "Check --library; LibraryService.CreateLibrary makes a new one.",
    Reason.RESOURCE_NAME_INVALID: "Check --library and the id that you gave.",
    # What to do depends on what keeps the library from being used, and the catalog says that itself.
    Reason.LIBRARY_UNAVAILABLE: "The catalog's log says more.",
    Reason.IMAGE_TOO_LARGE: (
        "Send a smaller one, or raise ALBUMEN_CATALOG_MAX_IMAGE_BYTES and ALBUMEN_DETECTOR_MAX_IMAGE_BYTES where the "
        "services run."
    ),
    Reason.IMAGE_TOO_MANY_PIXELS: (
        "Send a smaller one, or raise ALBUMEN_CATALOG_MAX_IMAGE_PIXELS and ALBUMEN_DETECTOR_MAX_IMAGE_PIXELS where "
        "the services run."
    ),
    Reason.PERSON_NOT_FOUND: "`albumen people --all` lists everybody.",
    Reason.IMAGE_NOT_FOUND: "`albumen images` lists what is indexed.",
    Reason.EDIT_NOT_FOUND: "`albumen edits` lists what can be undone.",
    Reason.EDIT_UNDONE: "`albumen edits` lists what can be undone.",
    Reason.EDIT_SUPERSEDED: "`albumen edits` lists them; undo the later one first.",
    Reason.SPLIT_TAKES_ALL: "Leave at least one photo out, or give the person another name.",
    Reason.ETAG_MISMATCH: "Somebody else changed it at the same moment: run the command again.",
    Reason.EMBEDDING_SPACE_MISMATCH: "Its faces come from another model: use that one, or a new library.",
    Reason.MODEL_NOT_READY: "The models are being loaded: try again in a moment.",
    Reason.MODEL_UNAVAILABLE: "Run `albumen-models pull` where the services run, then start them again.",
    Reason.DETECTOR_UNAVAILABLE: "See the detector's log; `albumen up` starts all three services.",
    Reason.EMBEDDER_UNAVAILABLE: "See the embedder's log; `albumen up` starts all three services.",
    Reason.OVERLOADED: "The services are busy: try again in a moment.",
    Reason.SHUTTING_DOWN: "The catalog is stopping: start it again with `albumen up`.",
}
# What gRPC says of a message over its limit.
_TRANSPORT_LIMIT: Final = "larger than max"


def advice_for(reason: str) -> str:
    """Return what to do about `reason`; empty if nothing is known."""
    return _ADVICE.get(Reason(reason), "") if reason in Reason.__members__ else ""


class CommandError(Exception):
    """Ends a command.

    Args:
        message: what went wrong.
        advice: what to do next.
        reason: stable cause, for programs and for searching.
        lines: what belongs to it, for example the end of a log.
        exit_code: of the process.

    """

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        reason: str = "",
        lines: Sequence[str] = (),
        exit_code: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.reason = reason
        self.lines = tuple(lines)
        self.exit_code = exit_code


def from_call(error: grpc.RpcError, target: str) -> CommandError:
    """Return the error for a call to the catalog at `target` that failed."""
    return from_albumen(from_rpc_error(error), target)


def from_albumen(error: AlbumenError, target: str) -> CommandError:
    """Return the error for what the catalog at `target` answered."""
    if error.reason is Reason.INTERNAL and isinstance(error, UnavailableError):
        return CommandError(
            f"The catalog at {target} can't be reached ({_last_cause(error.message)}).",
            reason="UNAVAILABLE",
            advice="Start the services with `albumen up`, or name another catalog with --catalog HOST:PORT.",
        )
    if error.reason is Reason.OVERLOADED and _TRANSPORT_LIMIT in error.message:
        # Far over the limit, a message is refused before the catalog sees it.
        reason = Reason.IMAGE_TOO_LARGE
        message = "The image is far larger than the catalog takes."
        return CommandError(message, reason=str(reason), advice=_ADVICE[reason])
    if isinstance(error, DeadlineExceededError):
        advice = "The catalog is busy or far away: try again in a moment."
    elif isinstance(error, InternalError):
        advice = "The catalog's log says more."
    else:
        advice = ""
    return CommandError(error.message, reason=str(error.reason), advice=_ADVICE.get(error.reason, advice))


def _last_cause(message: str) -> str:
    """Return the end of gRPC's chain of causes, which is the part that tells."""
    return message.rstrip(".").rsplit(": ", maxsplit=1)[-1] or "no answer"
