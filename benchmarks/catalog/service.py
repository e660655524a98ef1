"""Starts a catalog on a folder of libraries, with detector and embedder that answer at once."""

import contextlib
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from benchmarks.stack import free_addresses
from benchmarks.usage import Usage, usage_of
from clients.cli.commands.up import service_commands
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from services.common.wire.channel import DIRECT

LONGEST_SECONDS: Final = 7200.0
# Longer than the catalog's idle libraries wait for their upkeep: 2 s of rest, and 5 s between two looks.
UPKEEP_SECONDS: Final = 8.0

# A catalog that closes a large library writes its snapshot first.
_STOP_SECONDS: Final = 120.0
_IDLE_SHARE: Final = 0.05
_SLICE_SECONDS: Final = 0.5
_LONGEST_UNREST: Final = 120.0
_MESSAGE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Vision:
    """Where the fakes listen."""

    detector: str
    embedder: str


@dataclass(frozen=True, slots=True)
class RunningCatalog:
    """A catalog that serves.

    Attributes:
        target: its gRPC target.
        pid: of its process.
        channel: to it.
        started: what it had used when it came to serve.

    """

    target: str
    pid: int
    channel: grpc.Channel
    started: Usage

    def usage(self) -> Usage:
        """Return what the process has used so far."""
        return usage_of(self.pid)

    def wait_until_idle(self, seconds: float = _SLICE_SECONDS) -> None:
        """Wait until the catalog has done nothing for `seconds`: no call is to be charged with what it does by itself.

        What it only does when nobody has written for a while begins within `UPKEEP_SECONDS`.
        """
        until, idle = time.monotonic() + _LONGEST_UNREST, 0.0
        while idle < seconds and time.monotonic() < until:
            before = self.usage().cpu_seconds
            time.sleep(_SLICE_SECONDS)
            quiet = self.usage().cpu_seconds - before <= _IDLE_SHARE * _SLICE_SECONDS
            idle = idle + _SLICE_SECONDS if quiet else 0.0


@contextmanager
def running_vision(faces: Path) -> Iterator[Vision]:
    """Run the fakes; `faces` is the file of the embeddings that they give."""
    command = [sys.executable, "-m", "benchmarks.catalog.fakes", str(faces)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        yield Vision(*json.loads(process.stdout.readline()))
        process.stdin.close()


@contextmanager
def running_catalog(
    libraries: Path, logs: Path, vision: Vision, *, folder_roots: Path | None = None
) -> Iterator[RunningCatalog]:
    """Run a catalog on the folder `libraries`, as `albumen up` does; folders below `folder_roots` can be synced.

    Raises:
        CommandError: it did not come to serve.

    """
    (listen,) = free_addresses(1)
    catalog = service_commands(vision.detector, vision.embedder, listen)[-1]
    environment = {**catalog.environment, "ALBUMEN_CATALOG_LIBRARIES_DIR": str(libraries)}
    if folder_roots:
        environment["ALBUMEN_CATALOG_FOLDER_ROOTS"] = str(folder_roots)
    command = dataclasses.replace(catalog, environment=environment)
    options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), *DIRECT]
    with contextlib.ExitStack() as stack:
        launcher = stack.enter_context(
            Launcher([command], logs, start_seconds=LONGEST_SECONDS, stop_seconds=_STOP_SECONDS)
        )
        launcher.wait_until_serving(Stop(), lambda: None)
        pid = launcher.services[0].pid
        started = usage_of(pid)
        channel = stack.enter_context(grpc.insecure_channel(command.address, options=options))
        yield RunningCatalog(command.address, pid, channel, started)
