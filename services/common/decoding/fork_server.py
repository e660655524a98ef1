"""The process that decoders are forked from, seen by the service that started it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

MODULE: Final = "services.common.decoding.decoder_process"
# Of a machine that is busy; mostly it is a few tenths of a second, and a few milliseconds for a decoder.
START_SECONDS: Final = 60.0
# One thread, whose time is the photo's and without which there is no safe fork, and one heap, whose size is.
_ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class ForkServer:
    """A process that forks decoders. It is being started when this returns, and may be asked already.

    It sees its end of the connection closed when this process is gone. That is not left to the kernel, which would
    end it with the thread that started it.

    Args:
        module: what it runs, and its decoders.

    Raises:
        OSError: no process can be started.

    """

    def __init__(self, module: str = MODULE) -> None:
        self._connection, theirs = socket.socketpair()
        self._connection.settimeout(0)
        try:
            # No preexec_fn, so that the process is never forked: threads of gRPC would not survive that.
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-m", "albumen_app", module, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError:
            self._connection.close()
            raise
        finally:
            theirs.close()
        self._late_at: float | None = time.monotonic() + START_SECONDS

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked: it has neither ended nor been coming up for too long."""
        try:
            if not self._connection.recv(1):
                return False
        except BlockingIOError:
            return self._late_at is None or time.monotonic() < self._late_at
        except OSError:
            return False
        self._late_at = None
        return True

    def fork(self, descriptors: Sequence[int]) -> None:
        """Have a decoder forked, soon, which gets what `forked` says; if this process has ended, all are closed.

        Raises:
            OSError: too much is asked of it, or of the system.

        """
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self._connection, [b"\0"], descriptors)

    def kill(self) -> None:
        """End it, and with it all of its decoders; from any thread."""
        self._process.kill()

    def wait(self) -> int:
        """Wait until it has ended; return its exit code, or the negative signal that ended it. From any thread."""
        return self._process.wait()

    def close(self) -> None:
        """End it, and with it all of its decoders, and wait until it is gone."""
        self.kill()
        self.wait()
        self._connection.close()
