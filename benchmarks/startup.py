"""Measures the time from `albumen up` until all services serve."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final, Self

from benchmarks.stack import free_addresses
from clients.cli.failure import CommandError

SERVICES: Final = ("detector", "embedder", "catalog")

_LONGEST_SECONDS: Final = 180
# Runs as soon as all services serve, and says when that was.
_CLOCK: Final = (sys.executable, "-S", "-c", "import time; print('all serve at', time.time())")


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds from the start of `albumen up`.

    Attributes:
        services: until each service reported that it serves, by its own log.
        ready: until the command that waits for all of them ran.

    """

    services: Mapping[str, float]
    ready: float

    @classmethod
    def median(cls, startups: "Sequence[Startup]") -> Self:
        """Return the medians of several starts."""
        services = {name: median(one.services[name] for one in startups) for name in SERVICES}
        return cls(services, median(one.ready for one in startups))


def measure_startups(folder: Path, count: int, advance: Callable[[], None]) -> list[Startup]:
    """Start the services `count` times, with logs and libraries in `folder`; call `advance` after each.

    Raises:
        CommandError: they did not come to serve.

    """
    startups = []
    for number in range(count):
        startups.append(_start(folder / str(number)))
        advance()
    return startups


def _start(folder: Path) -> Startup:
    addresses = dict(zip(SERVICES, free_addresses(len(SERVICES)), strict=True))
    listen = [word for name, address in addresses.items() for word in (f"--{name}-listen", address)]
    logs = folder / "logs"
    command = [sys.executable, "-m", "clients.cli", "up", *listen, "--log-dir", str(logs), "--", *_CLOCK]
    environment = {**os.environ, "ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder / "libraries")}
    started = time.time()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=_LONGEST_SECONDS
    )
    ready = [line for line in done.stdout.splitlines() if line.startswith("all serve at")]
    if done.returncode != 0 or not ready:
        lines = (done.stdout + done.stderr).splitlines()
        raise CommandError(f"`albumen up` ended with exit code {done.returncode}.", lines=lines)
    services = {name: _serving_at(logs / f"{name}.log") - started for name in SERVICES}
    return Startup(services, float(ready[0].rsplit(maxsplit=1)[-1]) - started)


def _serving_at(log: Path) -> float:
    for line in log.read_text("utf-8").splitlines():
        fields = json.loads(line)
        if fields["event"] == "serving":
            return datetime.fromisoformat(fields["timestamp"]).timestamp()
    raise CommandError(f"The log {log.name} does not say when the service came to serve.")
