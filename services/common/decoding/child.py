"""A decoder process, seen by the service that started it."""

import os
import select
import signal
import socket
import subprocess
import sys
from typing import Final

from services.common.decoding.channel import Channel, Message
from services.common.decoding.shared_memory import SharedMemory
from services.common.limits import ImageLimits

MODULE: Final = "services.common.decoding.decoder_process"
# Of a machine that is busy; mostly it is a tenth of a second.
_START_SECONDS: Final = 60.0
# One thread, whose time is the photo's, and one heap, whose size is.
_ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class ChildNotStartedError(Exception):
    """A decoder process ended before it was ready for its first photo."""


class Child:
    """A decoder process and the memory that it shares with this one. It is being started when this returns.

    Args:
        limits: the largest file and the most pixels that it gets.
        module: what it runs.

    Attributes:
        source: takes the file; its last byte says whether that is being read.
        room: takes the pixels.
        is_killed: whether it was killed from here.

    Raises:
        OSError: no process can be started.

    """

    def __init__(self, limits: ImageLimits, module: str = MODULE) -> None:
        self.source = SharedMemory(limits.max_bytes + 1)
        self.room = SharedMemory(3 * limits.max_pixels)
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        shared = (self.source, self.room)
        arguments = [theirs.fileno(), *(number for memory in shared for number in (memory.descriptor, memory.size))]
        try:
            # No preexec_fn, so that the process is never forked: threads of gRPC would not survive that.
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-m", "albumen_app", module, *map(str, arguments)],
                pass_fds=(theirs.fileno(), *(memory.descriptor for memory in shared)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
            for memory in shared:
                memory.close_descriptor()
        self._connection = ours
        self._is_ready = False
        self.is_killed = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self.is_killed and not self._has_hung_up() and self._process.poll() is None

    @property
    def has_begun(self) -> bool:
        """Whether it has begun to read the file that it was given last."""
        return bool(self.source.view[-1])

    @property
    def has_come_up(self) -> bool:
        """Whether it was ready once; also of one that has ended."""
        if self._is_ready:
            return True
        try:
            return bool(self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def fileno(self) -> int:
        """Return the descriptor of the connection to it, which hangs up when it ends."""
        return self._connection.fileno()

    def give(self, file: bytes) -> None:
        """Put a file where it can read it, and note that it has not begun to."""
        self.source.use(len(file))
        self.source.view[: len(file)] = file
        self.source.view[-1] = 0

    def wait_until_ready(self, seconds: float = _START_SECONDS) -> None:
        """Wait until it has come up.

        Raises:
            ChildNotStartedError: it never will, or has not within `seconds`.

        """
        if self._is_ready:
            return
        try:
            self._channel.receive(seconds)
        except (TimeoutError, EOFError, OSError, ValueError) as error:
            raise ChildNotStartedError from error
        self._is_ready = True

    def ask(self, request: Message, seconds: float) -> Message:
        """Have it do something, once it has come up.

        Raises:
            TimeoutError: it did not answer within `seconds`.
            EOFError, OSError: it has ended.
            ValueError, TypeError: it answered rubbish.

        """
        self._channel.send(request)
        return self._channel.receive(seconds)

    def _has_hung_up(self) -> bool:
        """Whether it is ending: its connection is closed a moment before the system says so."""
        look = select.poll()
        try:
            look.register(self._connection, 0)
        except ValueError:
            return True
        return bool(look.poll(0))

    def kill(self) -> None:
        """Kill it, whatever it does, and don't wait; from any thread. Who waits for its answer sees that it is gone."""
        self.is_killed = True
        self._process.kill()

    def end(self) -> signal.Signals | int:
        """Kill it if need be, wait until it is gone, and return the signal that ended it, or its exit code."""
        self._process.kill()
        code = self._process.wait()
        self._channel.close()
        self.source.close()
        self.room.close()
        return signal.Signals(-code) if code < 0 else code
