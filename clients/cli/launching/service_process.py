"""A service as a child process: started, watched by its health, ended."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.cli.launching.log_line import tail, troubles
from clients.cli.launching.obstacle import lasting_obstacle
from services.common.wire.channel import DIRECT

if TYPE_CHECKING:
    from services.common.errors import AlbumenError

MAX_LOG_BYTES: Final = 10 * 1024 * 1024

_CHECK_SECONDS: Final = 1.0
_NEXT_LIMIT_SECONDS: Final = 60.0
_CHANNEL_OPTIONS: Final = (
    *DIRECT,
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
)


@dataclass(frozen=True, slots=True)
class ServiceCommand:
    """How a service is started.

    Attributes:
        name: ``detector``, ``embedder`` or ``catalog``; also of the log file.
        argv: program and arguments.
        address: ``host:port`` at which it will answer.
        environment: variables that it gets besides the launcher's own.

    """

    name: str
    argv: tuple[str, ...]
    address: str
    environment: Mapping[str, str]


class State(StrEnum):
    """What a service says of itself."""

    STARTING = "starting"
    NOT_SERVING = "not serving"
    SERVING = "serving"
    ENDED = "ended"


class ServiceProcess:
    """A running service. It ends with its launcher, however that ends: it watches the pipe that is its input.

    Attributes:
        state: what the service said of itself last.
        seconds: how long it took to say so.
        obstacle: why it will not serve however long one waits, if it said so.

    Args:
        command: how to start it.
        log_path: file that gets what it prints; the one before is kept beside it, with ``.1`` at its end.

    Raises:
        OSError: the log can't be written or the program not be started.

    """

    def __init__(self, command: ServiceCommand, log_path: Path) -> None:
        self.command = command
        self.log_path = log_path
        self._old_log_path = log_path.with_name(f"{log_path.name}.1")
        self.state = State.STARTING
        self.seconds = 0.0
        self.obstacle: AlbumenError | None = None
        self._started = time.monotonic()
        self._next_limit = 0.0
        if log_path.exists():
            log_path.replace(self._old_log_path)
        # Appending, so that the service goes on at the start of a log that was emptied meanwhile.
        with log_path.open("ab") as log:
            log_path.chmod(0o600)
            self._process = subprocess.Popen(  # noqa: S603 - our own services
                command.argv,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **command.environment, "ALBUMEN_EXIT_WITH_STDIN": "1"},
                # What services write is their owner's alone.
                umask=0o077,
                # Ctrl-C is for the launcher, which then ends all services in order.
                start_new_session=True,
            )
        self._channel = grpc.insecure_channel(command.address, options=_CHANNEL_OPTIONS)
        self._health = health_pb2_grpc.HealthStub(self._channel)

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code of the process, or None while it runs."""
        return self._process.poll()

    def refresh(self) -> State:
        """Ask the service for its health, unless it has ended; return the state."""
        if self.exit_code is not None:
            self.state = State.ENDED
            return self.state
        try:
            answer = self._health.Check(health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS)
        except grpc.RpcError:
            self.state = State.STARTING
        else:
            serving = answer.status == health_pb2.HealthCheckResponse.SERVING
            self.state = State.SERVING if serving else State.NOT_SERVING
            self.obstacle = None if serving else lasting_obstacle(self.command.name, self._channel)
        self.seconds = time.monotonic() - self._started
        return self.state

    def last_lines(self, count: int) -> list[str]:
        """Return the end of what the service printed."""
        return tail(self.log_path, count)

    def last_troubles(self, count: int) -> list[str]:
        """Return the last warnings and errors that the service printed; none if there are none."""
        return troubles(self.log_path, count)

    def limit_log(self, max_bytes: int = MAX_LOG_BYTES) -> None:
        """Empty a log that has grown beyond `max_bytes`; what it held replaces the log before.

        A line that is written at the same moment may be lost. What can't be copied stays where it is for a minute, and
        then that is tried again.
        """
        if time.monotonic() < self._next_limit:
            return
        try:
            if self.log_path.stat().st_size > max_bytes:
                # The disk may be full: the old one makes room.
                self._old_log_path.unlink(missing_ok=True)
                # With its permissions.
                shutil.copy(self.log_path, self._old_log_path)
                os.truncate(self.log_path, 0)
        except OSError:
            self._next_limit = time.monotonic() + _NEXT_LIMIT_SECONDS

    def terminate(self) -> None:
        """Ask the service to let the calls under way end, and then to end itself."""
        self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for the service to end, then kill it; return whether it ended by itself."""
        self._channel.close()
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()
        return True
