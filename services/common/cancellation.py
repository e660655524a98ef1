"""Whether the caller of a thread's work is gone, so that the work can be ended and not only forgotten."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.common.errors import DeadlineExceededError, Reason, UnavailableError


def shutting_down() -> UnavailableError:
    """Return the error for work that a service that ends does no more."""
    return UnavailableError(Reason.SHUTTING_DOWN, "The service is stopping. Retry in a moment.", retry_after=1)


class Cancellation:
    """Said once, from any thread: nobody waits for a piece of work any more, or it has no more time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_said = False
        self._is_shutdown = False
        self._reactions: list[Callable[[], object]] = []

    def cancel(self, *, shutdown: bool = False) -> None:
        """Say it; what was registered by `then` is called here and now.

        Args:
            shutdown: whether it is so because the service ends.

        """
        with self._lock:
            self._is_shutdown = self._is_shutdown or (shutdown and not self._is_said)
            self._is_said = True
            for react in self._reactions:
                react()

    def check(self) -> None:
        """Go on only if it was not said.

        Raises:
            DeadlineExceededError: DEADLINE_EXCEEDED, nobody waits any more.
            UnavailableError: SHUTTING_DOWN.

        """
        if self._is_shutdown:
            raise shutting_down()
        if self._is_said:
            raise DeadlineExceededError(Reason.DEADLINE_EXCEEDED, "The call was cancelled.")

    @contextmanager
    def then(self, react: Callable[[], object]) -> Iterator[None]:
        """Have `react` called if it is said within the block, also if it was before; not once the block is left.

        It must be quick and must not wait: the event loop may be what calls it.
        """
        with self._lock:
            self._reactions.append(react)
            if self._is_said:
                react()
        try:
            yield
        finally:
            with self._lock:
                self._reactions.remove(react)


_CURRENT: contextvars.ContextVar[Cancellation] = contextvars.ContextVar("cancellation")


def current_cancellation() -> Cancellation:
    """Return that of the work that this context belongs to; one that is never said, if there is none."""
    return _CURRENT.get(Cancellation())


def set_cancellation(cancellation: Cancellation) -> None:
    """Make it this context's."""
    _CURRENT.set(cancellation)
