"""A turn that somebody else has, waited for in steps."""

import time
from collections.abc import Callable, Generator
from typing import Final, TypeVar

from services.catalog.operations.kind import Progress
from services.catalog.stepped_run import SteppedRun
from services.common.errors import FailedPreconditionError, Reason

T = TypeVar("T")
_SECONDS: Final = 0.2
_TAKEN: Final = (Reason.RECLUSTERING_IN_PROGRESS, Reason.COMPACTION_IN_PROGRESS, Reason.BACKUP_IN_PROGRESS)


def in_turn(begin: Callable[[], SteppedRun[T]], what: str) -> Generator[Progress, None, SteppedRun[T]]:
    """Begin a run as soon as one that somebody else has begun is over; return it.

    Args:
        begin: begins it, or says by a reason of `_TAKEN` that it is not its turn.
        what: is counted in the progress that is told meanwhile.

    """
    while True:
        try:
            return begin()
        except FailedPreconditionError as error:
            if error.reason not in _TAKEN:
                raise
        yield Progress(0, 0, what)
        time.sleep(_SECONDS)
