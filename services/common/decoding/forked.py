"""The fork server from within: it has imported what decoders need, and forks one whenever the service asks for it.

It has one thread, and never sees a photo. It alone kills decoders and buries them: until then, the id of one that has
ended is nobody else's.
"""

import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import struct
from typing import Final, TypeAlias

# Of the connection to the service, of the memory for files, and of that for pixels.
Descriptors: TypeAlias = tuple[int, int, int]

# What is told of a decoder: its process id, and its exit code or the signal that ended it, which is negative.
END: Final = struct.Struct("ii")
_DESCRIPTORS: Final = 4
_PR_SET_PDEATHSIG: Final = 1  # see prctl(2)


def forked(control: int) -> Descriptors:
    """Fork decoders until the service is gone; return in each of them, and nowhere else.

    Args:
        control: descriptor of a connected stream socket. It says one byte when this is ready; each byte that comes
            brings `Descriptors` and a fourth one, of a stream socket: there `END` is told when the decoder has ended,
            and who closes his end of it, or shuts it down, has the decoder killed.

    """
    # The service decides when to end; the decoders leave that to it, too.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Who looks for garbage would write to all that was imported, and share none of it any more.
    gc.freeze()
    return _Forks(socket.socket(fileno=control)).run()


class _Forks:
    """The decoders that are alive.

    Args:
        service: see `forked`.

    """

    def __init__(self, service: socket.socket) -> None:
        self._service = service
        self._ends: dict[int, socket.socket] = {}
        self._bell, bell = os.pipe()
        self._opened = (self._bell, bell)
        os.set_blocking(bell, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        self._events = select.poll()
        self._events.register(service, select.POLLIN)
        self._events.register(self._bell, select.POLLIN)

    def run(self) -> Descriptors:
        """See `forked`."""
        with contextlib.suppress(EOFError, ConnectionError):
            self._service.send(b"\0")
            while True:
                # One at a time: what else was heard may be of a descriptor that is closed by then.
                descriptor, _ = self._events.poll()[0]
                if descriptor == self._bell:
                    os.read(self._bell, select.PIPE_BUF)
                    self._bury()
                elif descriptor != self._service.fileno():
                    self._kill(descriptor)
                elif (descriptors := self._fork()) is not None:
                    return descriptors
        # The kernel ends the decoders too, whatever they do.
        os._exit(os.EX_OK)

    def _fork(self) -> Descriptors | None:
        """Fork a decoder; return what it gets, if this is it."""
        request, descriptors, *_ = socket.recv_fds(self._service, 1, _DESCRIPTORS)
        if not request:
            raise EOFError
        connection, source, room, number = descriptors
        end, server = socket.socket(fileno=number), os.getpid()
        try:
            pid = os.fork()
        except OSError:
            _tell(end, 0, os.EX_OSERR)
            pid = -1
        if pid == 0:
            self._leave(server)
            end.close()
            return connection, source, room
        for descriptor in (connection, source, room):
            os.close(descriptor)
        if pid > 0:
            self._ends[pid] = end
            self._events.register(end, select.POLLIN)
        return None

    def _leave(self, server: int) -> None:
        """Keep nothing of the fork server in a decoder, and end with it."""
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(os.EX_OK)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in self._opened:
            os.close(descriptor)
        for connection in (self._service, *self._ends.values()):
            connection.close()

    def _kill(self, descriptor: int) -> None:
        self._events.unregister(descriptor)
        os.kill(next(pid for pid, end in self._ends.items() if end.fileno() == descriptor), signal.SIGKILL)

    def _bury(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                end = self._ends.pop(pid)
                with contextlib.suppress(KeyError):
                    self._events.unregister(end)
                _tell(end, pid, os.waitstatus_to_exitcode(status))


def _tell(end: socket.socket, pid: int, code: int) -> None:
    with end, contextlib.suppress(OSError):
        end.send(END.pack(pid, code))
