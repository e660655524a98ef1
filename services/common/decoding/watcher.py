"""Waits for decoder processes to end, whoever ends them."""

import os
import select
import threading
import time
from collections.abc import Callable

from services.common.decoding.child import Child


class Watcher:
    """A thread that sleeps until a process ends, or something is due.

    Args:
        ended: called in this thread with a process that has ended.
        due: called in this thread when the time of `call_in` has come.

    """

    def __init__(self, ended: Callable[[Child], None], due: Callable[[], None]) -> None:
        self._on_end = ended
        self._on_due = due
        # A descriptor is given anew as soon as its process is buried, which others do.
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._due_at: float | None = None
        self._is_stopped = False
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._ends = select.epoll()
        self._ends.register(self._bell, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name="decoder-watcher", daemon=True)
        self._thread.start()

    def add(self, child: Child) -> None:
        """Wait for a process too, until it is said to have ended or its end of the connection is closed."""
        descriptor = child.fileno()
        with self._lock:
            self._children[descriptor] = child
        # The other end is closed with its process; nothing else is asked for.
        self._ends.register(descriptor, select.EPOLLONESHOT)

    def call_in(self, seconds: float) -> None:
        """Have `due` called then; sooner, if that was asked for before."""
        at = time.monotonic() + seconds
        if self._due_at is None or at < self._due_at:
            self._due_at = at
            os.eventfd_write(self._bell, 1)

    def stop(self) -> None:
        """End the thread."""
        self._is_stopped = True
        os.eventfd_write(self._bell, 1)
        self._thread.join()
        self._ends.close()
        os.close(self._bell)

    def _run(self) -> None:
        while not self._is_stopped:
            left = None if self._due_at is None else max(0.0, self._due_at - time.monotonic())
            for descriptor, _ in self._ends.poll(left):
                if descriptor == self._bell:
                    os.eventfd_read(self._bell)
                elif not self._is_stopped:
                    self._look_at(descriptor)
            if self._due_at is not None and time.monotonic() >= self._due_at and not self._is_stopped:
                self._due_at = None
                self._on_due()

    def _look_at(self, descriptor: int) -> None:
        child = self._children.get(descriptor)
        # What is heard may be of the process that had the descriptor before.
        if child is None or child.is_alive:
            return
        with self._lock:
            if self._children.get(descriptor) is child:
                del self._children[descriptor]
        self._on_end(child)
