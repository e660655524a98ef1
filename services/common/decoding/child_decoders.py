"""Decoders in processes of their own: what a photo does to its decoder, it does to nobody else."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from services.common.cancellation import Cancellation, current_cancellation, shutting_down
from services.common.decoding.child import Child, ChildNotStartedError
from services.common.decoding.child_decoder import ChildDecoder, decoder_unavailable
from services.common.decoding.decoder import Decoder
from services.common.decoding.decoding_memory import DecodingMemory
from services.common.decoding.fork_server import MODULE, ForkServer
from services.common.decoding.watcher import Watcher
from services.common.errors import UnavailableError
from services.common.limits import DecodeLimits
from services.common.log_budget import LogBudget

_log = structlog.get_logger("decoders")

_MAX_REPORTS: Final = 20
_FIRST_WAIT_SECONDS: Final = 0.1
_LAST_WAIT_SECONDS: Final = 30.0
_MAX_DOUBLINGS: Final = 20


class ChildDecoders:
    """Lends each photo a process, for as long as it is worked on; one that dies is replaced in milliseconds.

    Safe to use from several threads.

    Args:
        count: photos that are worked on at once.
        limits: what decoding may take.
        module: what the processes run, and the one that they are forked from.

    """

    def __init__(self, count: int, limits: DecodeLimits, module: str = MODULE) -> None:
        self._count = count
        self._limits = limits
        self._module = module
        self._memory = DecodingMemory(limits.memory_bytes)
        self._changed = threading.Condition()
        # The last one that was used is used next: its memory is warm.
        self._idle: list[Child] = []
        self._lent = 0
        self._server: ForkServer | None = None
        # Of those who have a process, or wait for one.
        self._calls: set[Cancellation] = set()
        self._is_closed = False
        # Those that ended while nobody used them, and were not replaced yet.
        self._missing = 0
        self._failed_starts = 0
        self._watcher: Watcher | None = None
        self._reports = LogBudget(_MAX_REPORTS, lambda count: _log.warning("decoders_ended", count=count))

    def start(self) -> None:
        """See `Decoders`."""
        with self._changed:
            dead = [child for child in self._idle if not child.is_alive]
            self._idle = [child for child in self._idle if child.is_alive]
            self._missing = self._count
            children = [*self._idle]
        for child in dead:
            self._bury(child)
        # One after the other, as no more descriptors may be on their way to another process than a process may have.
        for _ in range(self._count + 1):
            for child in children:
                try:
                    child.wait_until_ready()
                except ChildNotStartedError:
                    raise decoder_unavailable("No decoder process comes up; the log says why.") from None
            with self._changed:
                children = self._fill(1)

    @contextmanager
    def lend(self, data: bytes) -> Iterator[Decoder]:
        """See `Decoders`."""
        cancellation = current_cancellation()
        child = self._take(cancellation)
        share, total = self._memory.share(), self._memory.total
        decoder = ChildDecoder(child, self._swap, data, self._limits, share, total, self.tidy, cancellation)
        try:
            with cancellation.then(decoder.kill):
                yield decoder
        finally:
            decoder.close()
            self._put_back(decoder.child, cancellation)

    def close(self) -> None:
        """See `Decoders`."""
        with self._changed:
            self._is_closed = True
            watcher, self._watcher = self._watcher, None
            server, self._server = self._server, None
            calls = [*self._calls]
            children = [*self._idle]
            self._idle.clear()
        for call in calls:
            call.cancel(shutdown=True)
        if watcher is not None:
            watcher.stop()
        for child in children:
            child.end()
        if server is not None:
            server.close()

    def borrowed(self) -> int:
        """See `Decoders`."""
        return self._memory.borrowed()

    def tidy(self) -> None:
        """See `Decoders`."""
        # One after the other, so that photos that come meanwhile have the others; and each once, however busy they are.
        for _ in range(self._count):
            child = self._take_keeping()
            if child is None:
                return
            child.forget(self._limits.wall_seconds)
            self._give_back(child)

    def _take_keeping(self) -> Child | None:
        """Take an idle process that keeps something, as if it were lent; the one that was idle for longest."""
        with self._changed:
            child = next((child for child in self._idle if child.keeps), None)
            if child is not None:
                self._idle.remove(child)
                self._lent += 1
            return child

    def _take(self, cancellation: Cancellation) -> Child:
        """Wait for a process."""
        with cancellation.then(self._wake), self._changed:
            self._calls.add(cancellation)
            try:
                while not self._idle and self._lent >= self._count:
                    self._check(cancellation)
                    self._changed.wait()
                self._check(cancellation)
                child = self._idle.pop() if self._idle else self._new()
            except BaseException:
                self._calls.discard(cancellation)
                raise
            self._lent += 1
            return child

    def _swap(self, dead: Child, cancellation: Cancellation) -> Child:
        """Return another process in the place of one that has ended."""
        with self._changed:
            self._check(cancellation)
            child = self._idle.pop() if self._idle else self._new()
        self._bury(dead)
        return child

    def _put_back(self, child: Child, cancellation: Cancellation) -> None:
        with self._changed:
            self._calls.discard(cancellation)
        self._give_back(child)

    def _give_back(self, child: Child) -> None:
        with self._changed:
            self._lent -= 1
            is_kept = child.is_alive and not self._is_closed
            if is_kept:
                self._failed_starts = 0
                self._idle.append(child)
            elif not self._is_closed:
                # Without a new one the next photo tries again, and is told if that fails.
                with contextlib.suppress(UnavailableError):
                    self._idle.append(self._new())
            self._changed.notify()
        if not is_kept:
            self._bury(child)

    def _new(self) -> Child:
        try:
            if self._server is not None and not self._server.is_usable:
                self._server.close()
                self._server = None
            self._server = self._server or ForkServer(self._module)
            child = Child(self._server, self._limits.image)
            self._watcher = self._watcher or Watcher(self._see_end, self._refill)
        except OSError as error:
            if self._reports.admits():
                _log.warning("decoder_not_started", error=type(error).__name__)
            raise decoder_unavailable("No decoder process can be started.") from error
        self._watcher.add(child)
        return child

    def _fill(self, most: int) -> list[Child]:
        """Start what is missing, at most so many; return those."""
        self._missing = min(self._missing, self._count - len(self._idle) - self._lent)
        started: list[Child] = []
        while self._missing > 0 and len(started) < most and not self._is_closed:
            started.append(self._new())
            self._idle.append(started[-1])
            self._missing -= 1
        return started

    def _see_end(self, child: Child) -> None:
        """Replace a process that has ended while nobody used it; who uses it sees to it himself."""
        with self._changed:
            if child not in self._idle:
                return
            self._idle.remove(child)
            self._missing += 1
            self._failed_starts = 0 if child.has_come_up else self._failed_starts + 1
        self._bury(child)
        self._refill_soon()

    def _refill(self) -> None:
        with self._changed:
            try:
                self._fill(self._count)
            except UnavailableError:
                self._failed_starts += 1
                self._refill_soon()

    def _refill_soon(self) -> None:
        """Have what is missing started: at once, and ever later where again and again nothing comes up."""
        often = self._failed_starts - self._count - 1
        wait = 0.0 if often <= 0 else min(_FIRST_WAIT_SECONDS * 2.0 ** min(often, _MAX_DOUBLINGS), _LAST_WAIT_SECONDS)
        if self._watcher is not None:
            self._watcher.call_in(wait)

    def _check(self, cancellation: Cancellation) -> None:
        if self._is_closed:
            raise shutting_down()
        cancellation.check()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _bury(self, child: Child) -> None:
        """See to it that a process is gone."""
        wanted = child.is_killed
        end = child.end()
        report = _log.info if wanted else _log.warning
        if self._reports.admits():
            report("decoder_ended", pid=child.pid, end=end.name if isinstance(end, signal.Signals) else end)
