"""A service as a process that may be killed, and started again."""

import contextlib
import dataclasses
import os
import signal
import time
from pathlib import Path
from typing import Final

import grpc

from benchmarks.stack import free_addresses
from clients.cli.failure import CommandError
from clients.cli.launching.service_process import ServiceCommand, ServiceProcess, State
from services.common.wire.channel import DIRECT
from torture.confinement import Confinement
from torture.meter import Meter

_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.1
# Every answer is to be seen, whatever its size, and none is to be had by a second try.
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_retries", 0),
    *DIRECT,
)


class Service:
    """One service on a free port; `start` makes it serve.

    Args:
        command: how it is started; where it listens is chosen anew each time.
        log: file of what it prints.
        confinement: limits its memory, if given.

    Attributes:
        name: ``detector``, ``embedder`` or ``catalog``.
        address: ``host:port`` of the running process.
        started_bytes: memory that it held when it came to serve.

    """

    def __init__(self, command: ServiceCommand, log: Path, confinement: Confinement | None = None) -> None:
        self.name = command.name
        self.address = command.address
        self.log = log
        self.started_bytes = 0
        self._command = command
        self._confinement = confinement
        self._stack = contextlib.ExitStack()
        self._process: ServiceProcess | None = None
        self._meter: Meter | None = None
        self._line: grpc.Channel | None = None

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._running().pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.exit_code is None

    @property
    def meter(self) -> Meter:
        """Follows the process."""
        if self._meter is None:
            raise AssertionError(f"the {self.name} was not started")
        return self._meter

    def begin(self) -> None:
        """Start the process, and do not wait for it."""
        (self.address,) = free_addresses(1)
        listen = {f"ALBUMEN_{self.name.upper()}_LISTEN": self.address}
        environment = {**self._command.environment, **listen}
        command = dataclasses.replace(self._command, address=self.address, environment=environment)
        self._process = ServiceProcess(command, self.log)
        if self._confinement is not None:
            self._stack.enter_context(self._confinement.confined(self.name, self._process.pid))
        self._meter = self._stack.enter_context(Meter(self._process.pid))

    def wait(self) -> None:
        """Wait until it serves.

        Raises:
            CommandError: it ended, or took too long.

        """
        process, deadline = self._running(), time.monotonic() + _START_SECONDS
        while process.refresh() is not State.SERVING:
            if process.exit_code is not None or process.obstacle is not None or time.monotonic() > deadline:
                raise CommandError(f"The {self.name} did not come to serve.", lines=process.last_lines(12))
            time.sleep(_POLL_SECONDS)
        self.started_bytes = self.meter.held_bytes()
        self.meter.take_peak()

    def start(self) -> None:
        """Start the process, and wait until it serves; errors as in `wait`."""
        self.begin()
        self.wait()

    @property
    def line(self) -> grpc.Channel:
        """A connection for whoever does not misuse it; it ends with the process."""
        if self._line is None:
            self._line = self._stack.enter_context(self.channel())
        return self._line

    def channel(self) -> grpc.Channel:
        """Return a connection of its own, to be closed by the caller."""
        # Channels of equal options share a connection unless told otherwise.
        options = [*_OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
        return grpc.insecure_channel(self.address, options=options)

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self._process is not None:
            if self._process.exit_code is None:
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(_STOP_SECONDS)
        self._gone()

    def stop(self) -> bool:
        """Ask the process to end; return whether it did so in time, with exit code 0."""
        process = self._running()
        if process.exit_code is None:
            process.terminate()
        ended = process.wait(_STOP_SECONDS) and process.exit_code == 0
        self._gone()
        return ended

    def _gone(self) -> None:
        self._process = self._meter = self._line = None
        self._stack.close()

    def _running(self) -> ServiceProcess:
        if self._process is None:
            raise AssertionError(f"the {self.name} was not started")
        return self._process
