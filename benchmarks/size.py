"""Measures the disk space of a service: its installed dependencies and its weights."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.cli.failure import CommandError
from models.entries import Task
from models.home import weights_dir
from models.manifest import load_manifest
from tools.requirements import requirements

MEGABYTE: Final = 1_000_000
EXTRAS: Final[Mapping[str, str]] = {
    "detector": "detector",
    "embedder": "embedder",
    "catalog": "catalog",
    "all": "detector,embedder,catalog,cli,models",
}

_ROOT: Final = Path(__file__).resolve().parents[1]
_SERVICE_BAR: Final = 400 * MEGABYTE
_ALL_BAR: Final = 700 * MEGABYTE
_DETECTION: Final = (Task.OBJECT_DETECTION, Task.FACE_DETECTION)
_WEIGHTS: Final[Mapping[str, tuple[Task, ...]]] = {
    "detector": _DETECTION,
    "embedder": (Task.FACE_EMBEDDING,),
    "catalog": (),
    "all": (*_DETECTION, Task.FACE_EMBEDDING),
}


@dataclass(frozen=True, slots=True)
class Size:
    """Disk space of one extra.

    Attributes:
        extra: name, or ``all``.
        installed_bytes: of the environment, without Python itself and without compiled bytecode.
        weights_bytes: of the ONNX files that it opens.
        bar_bytes: what the two together must stay below.

    """

    extra: str
    installed_bytes: int
    weights_bytes: int
    bar_bytes: int

    @property
    def met(self) -> bool:
        """Whether it stays below the bar."""
        return self.installed_bytes + self.weights_bytes < self.bar_bytes


def measure_sizes(folder: Path, advance: Callable[[], None]) -> list[Size]:
    """Install each extra into an environment of its own in `folder`; call `advance` after each.

    Raises:
        CommandError: pip failed, for example for want of a network.

    """
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(_ROOT), str(_ROOT / "protos"))
    sizes = []
    for name, extra in EXTRAS.items():
        bar = _ALL_BAR if name == "all" else _SERVICE_BAR
        sizes.append(Size(name, _installed_bytes(folder, extra, folder / name), _weights_bytes(name), bar))
        advance()
    return sizes


def _installed_bytes(wheels: Path, extra: str, environment: Path) -> int:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    install = ("--python", str(environment), "install", "--no-compile")
    constraints = ("--require-hashes", "--constraint", str(_ROOT / "constraints.txt"))
    _pip(*install, *constraints, *requirements(*extra.split(",")))
    _pip(*install, "--no-deps", *map(str, wheels.glob("*.whl")))
    return sum(_disk_bytes(path) for path in environment.rglob("*"))


def _disk_bytes(path: Path) -> int:
    """Return the size in blocks, as du counts it; links count as themselves."""
    status = path.lstat()
    return int(getattr(status, "st_blocks", -(-status.st_size // 512))) * 512


def _weights_bytes(extra: str) -> int:
    manifest = load_manifest()
    return sum((weights_dir() / manifest.default(task).file).stat().st_size for task in _WEIGHTS[extra])


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        advice = "Without a network, --skip-size leaves the sizes out."
        raise CommandError("pip failed.", lines=done.stderr.strip().splitlines(), advice=advice)
