"""Describes the machine that figures come from."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

import psutil

_LIBRARIES: Final = ("onnxruntime", "opencv-python-headless", "simplejpeg", "grpcio", "duckdb", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when the benchmark ran.

    Attributes:
        cpu: the processor's model.
        cores: logical processors that this process may use.
        memory_bytes: main memory.
        system: operating system and Python.
        libraries: name and version of those that the figures depend on most.
        date: day of the run, UTC.

    """

    cpu: str
    cores: int
    memory_bytes: int
    system: str
    libraries: tuple[str, ...]
    date: str

    @classmethod
    def here(cls) -> Self:
        """Describe this machine."""
        return cls(
            cpu=_cpu_model(),
            cores=psutil.cpu_count() or os.cpu_count() or 1,
            memory_bytes=psutil.virtual_memory().total,
            system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
            libraries=tuple(f"{name} {version(name)}" for name in _LIBRARIES),
            date=datetime.now(UTC).date().isoformat(),
        )


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
