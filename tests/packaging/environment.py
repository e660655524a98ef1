"""A Python environment that holds what a test installs into it, and nothing else."""

import subprocess
import sys
from pathlib import Path

_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


class Environment:
    """A new virtual environment in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.python = self.bin / "python"
        _run(sys.executable, "-m", "venv", "--without-pip", str(folder))

    @property
    def site_packages(self) -> Path:
        return next(self.bin.parent.glob("lib/python*/site-packages"))

    def install(self, *arguments: str) -> None:
        _run(*_PIP, "--python", str(self.python), "install", *arguments)

    def run(
        self, *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.python), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd, env=env)


def build_wheel(project: Path, folder: Path) -> Path:
    """Build the wheel of `project` with the hatchling that is installed; return its path."""
    _run(*_PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(project))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
