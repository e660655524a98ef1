"""A kind of operation: what its work is, and what may become of it when the service stops meanwhile."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

# What JSON can hold, by name; 16 KiB at most, for it stays in memory as long as the operation is kept.
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation is.

    Attributes:
        done: how much is done.
        total: how much there is, as far as is known; 0 if it is not.
        what: what is counted, in words that follow a number: ``rows``, ``people and faces``.

    """

    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class Task:
    """What an operation is to do.

    Attributes:
        library_id: of the library that it belongs to.
        operation_id: its own, the same after a restart: for the names of what it leaves half done.
        request: what was asked for, as it was given when it was begun.
        attempt: 1, and one more for each time that it is begun anew because the service stopped or died.

    """

    library_id: str
    operation_id: str
    request: Record
    attempt: int


# Yields after each step, returns the result, and raises an AlbumenError if it fails.
Steps = Generator[Progress, None, Record]


def _no_subject(_: Record) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of operation.

    Cancellation and the end of the service take effect between two steps: the generator is closed then, by the thread
    that advances it. So a step takes about a second at most, and what it has begun is given back by `with` or
    `finally`. A generator may be given up between any two steps, and the process may die within one; what is done then
    stays done. Work that must not be left half done is done in one step, or undone in a `finally` and, after a death,
    by the next attempt.

    Attributes:
        name: lower-case words joined by hyphens: ``recluster``. It is stored, so it never changes.
        steps: does the work in steps, in a thread in which it may block; called once for each attempt. Any other
            exception than an AlbumenError is a fault of ours: the log gets it, and callers INTERNAL.
        resumes: whether, after the service stopped or died, `steps` may be called anew with the same task; it then
            starts over, or goes on with what it finds. If not, the operation fails with OPERATION_INTERRUPTED.
        subject: what of its library an operation works on, as that name goes on behind the library's, for example
            ``folders/holidays``; empty for the library itself. Of this kind and with this subject only one operation is
            under way at a time, and who begins another is told OPERATION_IN_PROGRESS.
        makes_library: whether the library need not exist when it is begun.

    """

    name: str
    steps: Callable[[Task], Steps]
    resumes: bool = True
    subject: Callable[[Record], str] = _no_subject
    makes_library: bool = False
