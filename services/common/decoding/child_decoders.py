"""Decoders in processes of their own: what a photo does to its decoder, it does to nobody else."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.common.cancellation import Cancellation, current_cancellation, shutting_down
from services.common.decoding.child import MODULE, Child, ChildNotStartedError
from services.common.decoding.child_decoder import ChildDecoder, decoder_unavailable
from services.common.decoding.decoder import Decoder
from services.common.decoding.decoding_memory import DecodingMemory
from services.common.errors import UnavailableError
from services.common.limits import DecodeLimits

_log = structlog.get_logger("decoders")


class ChildDecoders:
    """Lends each photo a process, for as long as it is worked on.

    One more process than `count` waits for one of them to die, as a new one takes a tenth of a second to come up.
    Safe to use from several threads.

    Args:
        count: photos that are worked on at once.
        limits: what decoding may take.
        module: what the processes run.

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
        self._spare: Child | None = None
        # Of those who have a process, or wait for one.
        self._calls: set[Cancellation] = set()
        self._is_closed = False

    def start(self) -> None:
        """See `Decoders`."""
        with self._changed:
            dead = [child for child in self._idle if not child.is_alive]
            self._idle = [child for child in self._idle if child.is_alive]
            missing = self._count - len(self._idle) - self._lent
            self._idle += [self._new() for _ in range(missing)]
            self._spare = self._spare or self._new()
            children = [*self._idle]
        for child in dead:
            self._bury(child)
        for child in children:
            try:
                child.wait_until_ready()
            except ChildNotStartedError:
                raise decoder_unavailable("No decoder process comes up; the log says why.") from None

    @contextmanager
    def lend(self, data: bytes) -> Iterator[Decoder]:
        """See `Decoders`."""
        cancellation = current_cancellation()
        child = self._take(cancellation)
        share, total = self._memory.share(), self._memory.total
        decoder = ChildDecoder(child, data, self._limits, share, total, self._squeeze, cancellation)
        try:
            with cancellation.then(child.kill):
                yield decoder
        finally:
            decoder.close()
            self._put_back(child, cancellation)

    def close(self) -> None:
        """See `Decoders`."""
        with self._changed:
            self._is_closed = True
            calls = [*self._calls]
            children = [*self._idle, *([self._spare] if self._spare else [])]
            self._idle.clear()
            self._spare = None
        for call in calls:
            call.cancel(shutdown=True)
        for child in children:
            child.end()

    def _squeeze(self) -> None:
        """Give back the memory that is kept for photos to come."""
        with self._changed:
            for child in self._idle:
                child.room.trim(0)

    def _take(self, cancellation: Cancellation) -> Child:
        """Wait for a process."""
        with cancellation.then(self._wake), self._changed:
            self._calls.add(cancellation)
            try:
                while not self._idle and self._lent >= self._count:
                    self._check(cancellation)
                    self._changed.wait()
                self._check(cancellation)
                child = self._idle.pop() if self._idle else self._next()
                # Whoever killed it meanwhile, it was no photo.
                while not child.is_alive:
                    self._bury(child)
                    child = self._next()
            except BaseException:
                self._calls.discard(cancellation)
                raise
            self._lent += 1
            return child

    def _put_back(self, child: Child, cancellation: Cancellation) -> None:
        with self._changed:
            self._calls.discard(cancellation)
            self._lent -= 1
            is_kept = child.is_alive and not self._is_closed
            if is_kept:
                self._idle.append(child)
            elif not self._is_closed:
                # Without a new one the next photo tries again, and is told if that fails.
                with contextlib.suppress(UnavailableError):
                    self._idle.append(self._next())
            self._changed.notify()
        if not is_kept:
            self._bury(child)

    def _next(self) -> Child:
        """Return the process that waits for this moment, and start another one to wait."""
        child, self._spare = self._spare or self._new(), None
        with contextlib.suppress(UnavailableError):
            self._spare = self._new()
        return child

    def _new(self) -> Child:
        try:
            return Child(self._limits.image, self._module)
        except OSError as error:
            _log.warning("decoder_not_started", error=type(error).__name__)
            raise decoder_unavailable("No decoder process can be started.") from error

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
        report("decoder_ended", pid=child.pid, end=end.name if isinstance(end, signal.Signals) else end)
