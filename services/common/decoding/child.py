"""A decoder process, seen by the service that it works for."""

import contextlib
import math
import select
import signal
import socket
import threading
from typing import Final

from services.common.decoding.channel import Channel, Message
from services.common.decoding.fork_server import START_SECONDS, ForkServer
from services.common.decoding.forked import END
from services.common.decoding.messages import FORGET
from services.common.decoding.shared_memory import SharedMemory
from services.common.limits import ImageLimits

# Of a machine that is busy, for a process to be gone once it is killed; mostly it is a millisecond.
_END_SECONDS: Final = 60.0


class ChildNotStartedError(Exception):
    """A decoder process ended before it was ready for its first photo."""


class Child:
    """A decoder process and the memory that it shares with this one. It is being started when this returns.

    Args:
        server: what it is forked from.
        limits: the largest file and the most pixels that it gets.

    Attributes:
        source: takes the file; its last byte says whether that is being read.
        room: takes the pixels.
        is_killed: whether it was killed from here.
        pid: its process id, once it has ended; 0 before.
        keeps: whether it may keep something of photos that it was given.

    Raises:
        OSError: no process can be started.

    """

    def __init__(self, server: ForkServer, limits: ImageLimits) -> None:
        self._server = server
        self.source = SharedMemory(limits.max_bytes + 1)
        self.room = SharedMemory(3 * limits.max_pixels)
        shared = (self.source, self.room)
        self._connection, theirs = socket.socketpair()
        self._told, telling = socket.socketpair()
        try:
            server.fork((theirs.fileno(), *(memory.descriptor for memory in shared), telling.fileno()))
        except OSError:
            self._connection.close()
            self._told.close()
            raise
        finally:
            theirs.close()
            telling.close()
            for memory in shared:
                memory.close_descriptor()
        self._channel = Channel(self._connection)
        self._is_ready = False
        self._end: signal.Signals | int | None = None
        # A descriptor is given anew as soon as it is closed.
        self._lock = threading.Lock()
        self.is_killed = False
        self.keeps = False
        self.pid = 0

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self.is_killed and not self._has_hung_up()

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
        self.keeps = True
        self.source.use(len(file))
        self.source.view[: len(file)] = file
        self.source.view[-1] = 0

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
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

    def forget(self, seconds: float) -> float:
        """Have it give back all that it holds of photos; it is killed if it does not within `seconds`.

        Returns:
            What the last photo has left of its processor time, in seconds, as far as the process says so.

        """
        try:
            answer = self.ask({"operation": FORGET}, seconds)
        except (OSError, EOFError, ValueError, TypeError, RecursionError):
            self.kill()
            return math.inf
        self.room.trim(0)
        self.source.trim(0)
        self.keeps = False
        left = answer.get("cpu_seconds")
        return left if isinstance(left, float) else math.inf

    def kill(self) -> None:
        """Kill it, whatever it does, and don't wait; from any thread. Who waits for its answer sees that it is gone."""
        self.is_killed = True
        self._hang_up()

    def end(self) -> signal.Signals | int:
        """Kill it if need be, wait until it is gone, and return the signal that ended it, or its exit code.

        One that was not ready yet, and has not ended by itself, holds nothing, and is not waited for.
        """
        if self._end is None:
            is_awaited = self.has_come_up or (self._has_hung_up() and not self.is_killed)
            self._hang_up()
            code = self._ended(_END_SECONDS if is_awaited else 0)
            with self._lock:
                self._told.close()
                self._channel.close()
            self.source.close()
            self.room.close()
            self._end = signal.Signals(-code) if code < 0 else code
        return self._end

    def _ended(self, seconds: float) -> int:
        """Return how it ended: an exit code, or a negative signal."""
        self._told.settimeout(seconds)
        told = b""
        try:
            told = self._told.recv(END.size)
        except (TimeoutError, BlockingIOError):
            if not seconds:
                return -signal.SIGKILL
            # Others can be forked from another one, if this one does not even bury.
            self._server.kill()
        except OSError:
            pass
        if told:
            self.pid, code = END.unpack(told)
            return int(code)
        # Its fork server took it along, which is no photo's fault; one that ended by itself will do so again.
        return -signal.SIGKILL if self._is_ready else max(self._server.wait(), 0) or -signal.SIGKILL

    def _hang_up(self) -> None:
        """Have it killed, and end whoever waits for its answer: the fork server may not have forked it yet."""
        with self._lock, contextlib.suppress(OSError):
            self._told.shutdown(socket.SHUT_WR)
            self._connection.shutdown(socket.SHUT_RDWR)

    def _has_hung_up(self) -> bool:
        """Whether it is ending: its connection is closed a moment before the system says so."""
        look = select.poll()
        try:
            look.register(self._connection, 0)
        except ValueError:
            return True
        return bool(look.poll(0))
