"""Services started, watched and stopped together."""

import errno
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from clients.cli.failure import CommandError
from clients.cli.launching.service_process import ServiceCommand, ServiceProcess, State
from clients.cli.launching.stop import Stop
from services.common.errors import AlbumenError, Reason

_POLL_SECONDS: Final = 0.1
_SHOWN_LINES: Final = 12


class Launcher:
    """Runs services as long as it is open; when it closes, all of them end.

    Args:
        commands: what to start.
        log_dir: folder of the logs; made if it is not there.
        start_seconds: longest time until all services serve.
        stop_seconds: longest time that they get to end by themselves.

    """

    def __init__(
        self,
        commands: Sequence[ServiceCommand],
        log_dir: Path,
        *,
        start_seconds: float = 120.0,
        stop_seconds: float = 20.0,
    ) -> None:
        self._commands = tuple(commands)
        self._log_dir = log_dir
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self.services: list[ServiceProcess] = []

    def __enter__(self) -> Self:
        """Start all services; raise `CommandError` if one can't be."""
        for command in self._commands:
            _require_free(command)
        try:
            self._log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            for command in self._commands:
                self.services.append(ServiceProcess(command, self._log_dir / f"{command.name}.log"))
        except OSError as error:
            self.close()
            where = f"{error.filename}: " if error.filename else ""
            raise CommandError(
                f"The services can't be started: {where}{error.strerror or error}.",
                advice="Their logs may go to another folder by --log-dir FOLDER.",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop all services."""
        self.close()

    def wait_until_serving(self, stop: Stop, on_change: Callable[[], None]) -> bool:
        """Return True when all services serve, False if `stop` came before.

        Args:
            stop: ends the wait.
            on_change: called after every look at the services.

        Raises:
            CommandError: a service ended, says that it can't serve, or took too long.

        """
        deadline = time.monotonic() + self._start_seconds
        while not stop:
            for service in self.services:
                if service.state is not State.SERVING:
                    service.refresh()
            on_change()
            self.require_alive()
            if all(service.state is State.SERVING for service in self.services):
                return True
            self._require_hope(late=time.monotonic() > deadline)
            stop.wait(_POLL_SECONDS)
        return False

    def watch(self, stop: Stop) -> None:
        """Return when `stop` comes.

        Raises:
            CommandError: a service ended.

        """
        while not stop.wait(_POLL_SECONDS):
            self.require_alive()
            for service in self.services:
                service.limit_log()

    def require_alive(self) -> None:
        """Check that every service runs.

        Raises:
            CommandError: one has ended; its last log lines are in the error.

        """
        for service in self.services:
            if (code := service.exit_code) is not None:
                how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
                raise _failure(f"The {service.command.name} {how}.", service)

    def close(self) -> None:
        """Ask all services to end, and wait until they have."""
        for service in self.services:
            service.terminate()
        deadline = time.monotonic() + self._stop_seconds
        for service in self.services:
            service.wait(deadline - time.monotonic())
        self.services.clear()

    def _require_hope(self, *, late: bool) -> None:
        """Check that what does not serve yet may still do so in time."""
        for service in self.services:
            if service.state is State.SERVING:
                continue
            if service.obstacle is not None:
                raise _cannot_serve(service, service.obstacle)
            if late:
                limit = f"{self._start_seconds:g} s"
                raise _failure(f"The {service.command.name} did not serve within {limit}.", service)


def _cannot_serve(service: ServiceProcess, obstacle: AlbumenError) -> CommandError:
    weights = obstacle.reason is Reason.MODEL_UNAVAILABLE
    log = f"The whole log: {service.log_path}"
    return CommandError(
        f"The {service.command.name} can't serve: {obstacle.message}",
        reason=str(obstacle.reason),
        advice="Run `albumen-models pull`, then `albumen up` again." if weights else log,
    )


def _failure(message: str, service: ServiceProcess) -> CommandError:
    return CommandError(
        message,
        # What a service says while all goes well tells nothing of its end.
        lines=service.last_troubles(_SHOWN_LINES),
        advice=f"The whole log: {service.log_path}",
    )


def _require_free(command: ServiceCommand) -> None:
    """Check that nobody listens there yet: two on one port could share its calls without a word."""
    host, _, port = command.address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"The {command.name} can't listen on {command.address}: another program does."
            else:
                message = f"The {command.name} can't listen on {command.address}: {error.strerror or error}."
            raise CommandError(
                message,
                reason="ADDRESS_UNAVAILABLE",
                advice=f"Stop that program, or choose another port: --{command.name}-listen HOST:PORT.",
            ) from error
