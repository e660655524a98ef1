"""What went wrong, in words for the person at the terminal, and what to do next."""

from collections.abc import Mapping, Sequence
from typing import Final

import grpc

from clients.cli import exit_codes
from clients.cli.advised import command
from services.common.errors import (
    AlbumenError,
    DeadlineExceededError,
    InternalError,
    InvalidArgumentError,
    Reason,
)
from services.common.wire.answering import who_answers
from services.common.wire.status import from_rpc_error, has_details

_ADVICE: Final[Mapping[Reason, str]] = {
    Reason.LIBRARY_NOT_FOUND: (
        "`{catalog} library list` lists those that there are, `{catalog} library create LIBRARY` makes a new one."
    ),
    Reason.LIBRARY_EXISTS: (
        "`{catalog} library list` lists those that there are; `{catalog} backup restore` takes another id as --as ID."
    ),
    Reason.TOO_MANY_LIBRARIES: "`{catalog} library list` lists them, `{catalog} library delete LIBRARY` erases one.",
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
    Reason.IMAGE_TOO_MUCH_MEMORY: (
        "Send a smaller one or a JPEG, or raise ALBUMEN_DETECTOR_DECODE_MEMORY_MIB where the services run."
    ),
    Reason.ALBUM_NOT_FOUND: "`{albumen} album list` lists the albums.",
    Reason.ALBUM_IS_SMART: "`{albumen} album show` says what its filter is, `{albumen} album change` changes it.",
    Reason.FOLDER_NOT_FOUND: "`{albumen} folder list` lists the folders.",
    Reason.FOLDER_FORBIDDEN: "Set ALBUMEN_CATALOG_FOLDER_ROOTS where the catalog runs, or `{albumen} index PATH`.",
    Reason.FOLDER_OVERLAPS: "`{albumen} folder list` lists the folders.",
    Reason.PERSON_NOT_FOUND: "`{albumen} people --all` lists everybody.",
    Reason.IMAGE_NOT_FOUND: "`{albumen} images` lists what is indexed.",
    Reason.IMAGE_CONTENT_CHANGED: "`{albumen} index PATH` reads the file as it is now.",
    Reason.EDIT_NOT_FOUND: "`{albumen} edits` lists what can be undone.",
    Reason.EDIT_UNDONE: "`{albumen} edits` lists what can be undone.",
    Reason.EDIT_SUPERSEDED: "`{albumen} edits` lists them.",
    Reason.ETAG_MISMATCH: "Somebody else changed it at the same moment: run the command again.",
    Reason.EMBEDDING_SPACE_MISMATCH: (
        "Its faces come from another model: use that one, or a new library, as `{catalog} library create LIBRARY` "
        "makes it."
    ),
    Reason.COMPACTION_IN_PROGRESS: "What was deleted before it began will be gone when it is done.",
    Reason.BACKUP_IN_PROGRESS: "`{albumen} operations list` says how far it is.",
    Reason.BACKUP_NOT_FOUND: "`{albumen} backup list --all-libraries` lists the backups.",
    Reason.BACKUPS_OFF: "It is a setting of the catalog, where the services run.",
    Reason.OPERATION_IN_PROGRESS: "`{albumen} operations list` says how far it is.",
    Reason.OPERATION_NOT_DONE: "`{albumen} operations cancel` ends it.",
    Reason.OPERATION_NOT_FOUND: "`{albumen} operations list` lists those that are kept.",
    Reason.MODEL_NOT_READY: "The models are being loaded: try again in a moment.",
    Reason.MODEL_UNAVAILABLE: "Run `albumen-models pull` where the services run, then start them again.",
    Reason.DECODER_UNAVAILABLE: "The machine is busy, or short of memory: try again in a moment.",
    Reason.DETECTOR_UNAVAILABLE: "See the detector's log; `albumen up` starts all three services.",
    Reason.EMBEDDER_UNAVAILABLE: "See the embedder's log; `albumen up` starts all three services.",
    Reason.OVERLOADED: "The services are busy: try again in a moment.",
    Reason.SHUTTING_DOWN: "The catalog is stopping: start it again with `albumen up`.",
}
# Wrong requests that are so for what the catalog or a file holds; all others are wrong whatever that is.
_WRONG_BY_CONTENT: Final = frozenset(
    (
        Reason.IMAGE_EMPTY,
        Reason.IMAGE_FORMAT_UNSUPPORTED,
        Reason.IMAGE_TOO_COSTLY,
        Reason.IMAGE_TOO_LARGE,
        Reason.IMAGE_TOO_MANY_PIXELS,
        Reason.IMAGE_TOO_MUCH_MEMORY,
        Reason.IMAGE_UNREADABLE,
        Reason.SPLIT_TAKES_ALL,
        Reason.TOO_MANY_FACES,
    )
)
# What gRPC says of a message over its limit.
_TRANSPORT_LIMIT: Final = "larger than max"
# What tells in gRPC's words why nobody answers; the first that is found counts.
_CAUSES: Final = {
    "Connection refused": "Connection refused",
    "DNS": "there is no such host",
    "No route to host": "No route to host",
    "unreachable": "Network is unreachable",
    "imeout": "no answer",
    "timed out": "no answer",
    "http1": "what listens there does not speak gRPC",
    "HTTP status": "what listens there does not speak gRPC",
}
_UNAVAILABLE: Final = "UNAVAILABLE"
# Its hosts, as they are mostly called.
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORT: Final = "50053"


def advice_for(reason: str) -> str:
    """Return what to do about `reason`; empty if nothing is known."""
    advice = _ADVICE.get(Reason(reason), "") if reason in Reason.__members__ else ""
    return advice.format(albumen=command(), catalog=command(library=""))


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
        exit_code: int = exit_codes.FAILED,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.reason = reason
        self.lines = tuple(lines)
        self.exit_code = exit_code


def from_call(error: grpc.RpcError, target: str) -> CommandError:
    """Return the error for a call to the catalog at `target` that failed; it never holds what gRPC says of itself."""
    answer = from_rpc_error(error)
    if not has_details(error):
        return _unanswered(error, answer, target)
    if isinstance(answer, DeadlineExceededError):
        advice = "The catalog is busy or far away: try again in a moment."
    elif isinstance(answer, InternalError):
        advice = "The catalog's log says more."
    else:
        advice = ""
    wrong_use = isinstance(answer, InvalidArgumentError) and answer.reason not in _WRONG_BY_CONTENT
    return CommandError(
        answer.message,
        reason=str(answer.reason),
        advice=advice_for(answer.reason) or advice,
        exit_code=exit_codes.WRONG_USE if wrong_use else exit_codes.FAILED,
    )


def is_nobody_there(error: grpc.RpcError) -> bool:
    """Return whether a call found nobody to answer it, rather than somebody who broke off or would not."""
    if has_details(error) or not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return False
    message = error.details() or ""
    return error.code() is grpc.StatusCode.UNAVAILABLE and any(sign in message for sign in _CAUSES)


def _unanswered(error: grpc.RpcError, answer: AlbumenError, target: str) -> CommandError:
    """Return the error for a call that failed on its way, before or after the catalog saw it."""
    code = error.code() if isinstance(error, grpc.Call | grpc.aio.AioRpcError) else grpc.StatusCode.UNKNOWN
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return _misdirected(target)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and _TRANSPORT_LIMIT in answer.message:
        # Far over the limit, a message is refused before the catalog sees it.
        reason = Reason.IMAGE_TOO_LARGE
        message = "The image is far larger than the catalog takes."
        return CommandError(message, reason=str(reason), advice=advice_for(reason))
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return CommandError(
            f"The catalog at {target} did not answer in time.",
            reason=str(answer.reason),
            advice="The catalog is busy or far away: try again in a moment.",
        )
    if code is not grpc.StatusCode.UNAVAILABLE:
        message = f"The call to the catalog at {target} broke off."
        return CommandError(message, reason=_UNAVAILABLE, advice="The catalog's log says more.")
    return CommandError(
        f"The catalog at {target} can't be reached ({_cause(answer.message)}).",
        reason=_UNAVAILABLE,
        advice=f"Start the services with `{_up(target)}`, or name another catalog with --catalog HOST:PORT.",
    )


def _misdirected(target: str) -> CommandError:
    found = who_answers(target)
    if found.endswith("catalog"):
        message = f"The catalog at {target} lacks what this command needs, as one of another version does."
    else:
        message = f"There is no catalog at {target}: {found} answers there."
    advice = "Name the catalog with --catalog HOST:PORT, or in ALBUMEN_CATALOG_TARGET."
    return CommandError(message, reason=_UNAVAILABLE, advice=advice)


def _up(target: str) -> str:
    """Return the command that starts the services so that the catalog is at `target`, if that is on this machine."""
    host, _, port = target.rpartition(":")
    if host in THIS_MACHINE and port != _DEFAULT_PORT:
        return f"albumen up --catalog-listen {target}"
    return "albumen up"


def _cause(message: str) -> str:
    """Return the cause in what gRPC says, whose chain of causes is for programmers."""
    return next((cause for sign, cause in _CAUSES.items() if sign in message), "the connection broke off")
