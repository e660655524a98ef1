"""The services as processes of their own, as a user runs them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from services.common.wire.health_check import is_serving

START_SECONDS = 60
STOP_SECONDS = 30


class Process:
    """One service; what it prints goes to a file, so that it never blocks."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], target: str, log: Path) -> None:
        self.command = [sys.executable if word == "python" else word for word in command]
        self.environment = {**os.environ, **environment}
        self.target = target
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def wait_until_serving(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_serving(self.target):
            assert self._running().poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()

    def wait(self) -> int:
        """Return the exit code once the process ended by itself."""
        return self._running().wait(STOP_SECONDS)

    def kill(self) -> None:
        self._running().kill()
        self._running().wait()

    def stop(self) -> int:
        """Ask the process to end; return its exit code."""
        process = self._running()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process


def albumen(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "clients.cli", "--catalog", target, *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
