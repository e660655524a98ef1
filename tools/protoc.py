"""The compiler of the contracts: pinned, and older than what the services run with.

Generated code demands at least the protobuf and the grpcio that it was generated with, and at most the next major
version of protobuf. Code of the newest compiler would shut out everybody who still has protobuf 6; code of this one
loads with protobuf 6 and 7. The services run with a newer protobuf, so the compiler lives in a folder of its own.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
# Version 1.75.1 is the first that runs on Python 3.14. What it generates needs grpcio 1.75.1 and protobuf 6.31.1, the
# lower bounds of protos/pyproject.toml.
REQUIREMENTS: Final = ROOT / "tools" / "protoc.txt"


def run_protoc(*arguments: str) -> None:
    """Run the compiler with `arguments`; fetch it first if it is not there.

    Raises:
        subprocess.CalledProcessError: the compiler refused, or could not be fetched; standard error says why.

    """
    folder = ROOT / "build" / f"protoc-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        _fetch(folder)
    command = [sys.executable, "-P", "-m", "grpc_tools.protoc", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    subprocess.run(command, env=environment, check=True)  # noqa: S603 - our own interpreter


def _fetch(folder: Path) -> None:
    """Install the compiler into `folder` without its dependencies, which only code that imports it would need."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        fetched = Path(temporary) / "fetched"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        options = ("--require-hashes", "--target", str(fetched), "--requirement", str(REQUIREMENTS))
        subprocess.run([*command, *options], check=True)  # noqa: S603 - our own interpreter
        if not folder.exists():
            fetched.rename(folder)
