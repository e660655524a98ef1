"""A turn to go through a library's file, waited for in steps."""

from collections.abc import Callable, Generator
from typing import Final, TypeVar

from services.catalog.operations.kind import Progress
from services.catalog.stepped_run import SteppedRun
from services.common.errors import FailedPreconditionError, Reason

T = TypeVar("T")
_STEP_SECONDS: Final = 0.25
_TAKEN: Final = (Reason.COMPACTION_IN_PROGRESS, Reason.BACKUP_IN_PROGRESS)


def begun(begin: Callable[[float], SteppedRun[T]]) -> Generator[Progress, None, SteppedRun[T]]:
    """Return the run that `begin` begins, which waits for so many seconds; yield while another one has its turn."""
    while True:
        try:
            return begin(_STEP_SECONDS)
        except FailedPreconditionError as error:
            if error.reason not in _TAKEN:
                raise
        yield Progress(0, 0, "rows")
