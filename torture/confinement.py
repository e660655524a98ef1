"""Gives services the memory that they have in containers, and no more: Linux, by control groups, as root."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from clients.cli.failure import CommandError

_COMPOSE: Final = Path(__file__).resolve().parents[1] / "docker-compose.yml"
_DEFAULT: Final = re.compile(r"(\d+)([mg])\}?$")
_REMOVE_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.1
_UNITS: Final = {"m": 2**20, "g": 2**30}
# Of the first and of the second version of control groups.
_FILES: Final = {
    Path("/sys/fs/cgroup/memory"): "memory.limit_in_bytes",
    Path("/sys/fs/cgroup"): "memory.max",
}


class Confinement:
    """Confines processes, and those that they start from then on.

    Args:
        limits: name of a service -> bytes.

    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits

    @contextmanager
    def confined(self, service: str, pid: int) -> Iterator[None]:
        """Confine a process that has just begun; on leaving, it has to be gone.

        Raises:
            CommandError: this machine doesn't allow it.

        """
        group: Path | None = None
        try:
            for root, file in _FILES.items():
                group = root / f"albumen-torture-{pid}"
                with contextlib.suppress(FileNotFoundError):
                    group.mkdir()
                    (group / file).write_text(str(self._limits[service]))
                    (group / "cgroup.procs").write_text(str(pid))
                    break
            else:
                raise FileNotFoundError("there are no control groups of memory")
        except OSError as error:
            raise CommandError(
                f"Memory can't be limited here: {error}.", advice="Run as root on Linux, or without --confined."
            ) from error
        try:
            yield
        finally:
            _remove(group)


def _remove(group: Path) -> None:
    """Remove a group once nobody is in it; children that outlive a process are found by whoever looks for them."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(_POLL_SECONDS)


def containers() -> Confinement:
    """Return what docker-compose.yml gives each service by default."""
    services = yaml.safe_load(_COMPOSE.read_text("utf-8"))["services"]
    found = {name: _DEFAULT.search(service.get("mem_limit", "")) for name, service in services.items()}
    return Confinement({name: int(limit[1]) * _UNITS[limit[2]] for name, limit in found.items() if limit})
