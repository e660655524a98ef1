"""Operations that a command waits for."""

import time
from typing import Final, TypeVar

from google.longrunning.operations_pb2 import Operation
from google.protobuf.message import Message
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clients.cli import console
from clients.cli.connection import Catalog
from clients.cli.console import printable
from clients.cli.failure import CommandError, advice_for
from clients.cli.operation_text import metadata_of
from services.common.wire.status import from_status

M = TypeVar("M", bound=Message)

# Between two looks at how far it is, where somebody watches; else one call waits for longer.
_SHOWN_SECONDS: Final = 0.5
_UNSEEN_SECONDS: Final = 20.0


def await_operation(catalog: Catalog, name: str, end: float | None = None) -> Operation:
    """Return an operation once it is done, or as it is at the time `end`, and show how far it is meanwhile."""
    seen = console.err.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not seen) as progress:
        task = progress.add_task("", total=None)
        while True:
            seconds = _SHOWN_SECONDS if seen else _UNSEEN_SECONDS
            if end is not None:
                seconds = min(seconds, max(end - time.monotonic(), 0.0))
            found = catalog.operations.wait(name, seconds)
            metadata = metadata_of(found)
            total = metadata.total_count or None
            progress.update(task, description=printable(metadata.kind), completed=metadata.done_count, total=total)
            if found.done or (end is not None and time.monotonic() >= end):
                return found


def require_success(operation: Operation) -> None:
    """Raise the error of an operation that failed or was cancelled.

    Raises:
        CommandError: it did.

    """
    if operation.HasField("error"):
        error = from_status(operation.error)
        raise CommandError(error.message, reason=str(error.reason), advice=advice_for(error.reason))


def response_of(catalog: Catalog, operation: Operation, kind: type[M]) -> M:
    """Return the response of an operation, once it is done; Ctrl-C ends the waiting only.

    Raises:
        CommandError: it failed, or was cancelled.

    """
    finished = await_operation(catalog, operation.name)
    require_success(finished)
    response = kind()
    finished.response.Unpack(response)
    return response
