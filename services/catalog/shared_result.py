"""Results of work in threads that several calls may wait for, or none by the time that they are there."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedResult(Generic[T]):
    """The result of work in a thread, kept as long as a caller wants it; methods may be called from any thread.

    Args:
        work: what is done, once.
        release: gives back its result, as soon as nobody wants it any more.

    """

    def __init__(self, work: Callable[[], T], release: Callable[[T], None]) -> None:
        self._work = work
        self._release = release
        self._lock = threading.Lock()
        self._callers = 0
        self._begun = False
        # Nobody can begin to want it any more.
        self._over = False
        # What is to be done as soon as nobody wants it.
        self._give_back: Callable[[], None] | None = None

    def join(self) -> bool:
        """Begin to want the result; False if it is too late for that."""
        with self._lock:
            if not self._over:
                self._callers += 1
            return not self._over

    def leave(self) -> bool:
        """Want it no more, after a `join`; return whether the work is needless now, and has not begun."""
        with self._lock:
            self._callers -= 1
            if self._callers:
                return False
            give_back, self._give_back = self._give_back, None
            # What has begun goes on, and who comes while it does may still have it.
            needless = not self._begun
            self._over = self._over or needless
        if give_back is not None:
            give_back()
        return needless

    def run(self) -> T:
        """Do the work and return its result, for those who want it; meant for a thread, once."""
        with self._lock:
            self._begun = True
        try:
            result = self._work()
        except BaseException:
            with self._lock:
                self._over = True
            raise
        with self._lock:
            self._over = True
            wanted = self._callers > 0
            if wanted:
                self._give_back = lambda: self._release(result)
        if not wanted:
            self._release(result)
        return result
