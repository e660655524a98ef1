"""Runs a registry's client as a bounded subprocess."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from models.errors import FetchError

Process: TypeAlias = "subprocess.Popen[bytes]"

_POLL_SECONDS = 0.2
_KEPT_LINES = 15


def run_client(
    command: Sequence[str], folder: Path, timeout: float, watch: Callable[[int], None] | None = None
) -> None:
    """Run ``command`` in ``folder``, which also takes its temporary files, and wait for it.

    ``watch`` is called a few times a second with the number of bytes in the folder, which is how far a
    download is. Raises FetchError, with the client's last lines, if it fails or takes longer than
    ``timeout`` seconds; the process is gone in every case.
    """
    # Clients are told of mirrors, proxies and certificates by the environment, so all of it is handed on.
    environment = os.environ | {name: str(folder) for name in ("TMPDIR", "TMP", "TEMP")}
    with tempfile.TemporaryFile() as log, _start(command, folder, environment, log.fileno()) as process:
        try:
            code = _wait(process, timeout, (lambda: watch(_bytes_in(folder))) if watch else None)
        except BaseException:
            _kill(process)
            raise
        if code:
            log.seek(0)
            lines = log.read().decode(errors="replace").strip().splitlines()[-_KEPT_LINES:]
            raise FetchError("\n".join([f"{_name(command)} failed with exit code {code}. It said:", *lines]))


def _wait(process: Process, timeout: float, watch: Callable[[], None] | None) -> int:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if watch:
                watch()
    raise FetchError(f"it took longer than {timeout:.0f} s and was stopped")


def _kill(process: Process) -> None:
    """End the client and, where the system has process groups, whatever it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def _start(command: Sequence[str], folder: Path, environment: dict[str, str], output: int) -> Process:
    try:
        return subprocess.Popen(  # noqa: S603 - a list of our own making, no shell
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        raise FetchError(f"cannot start {command[0]}: {error}") from error


def _name(command: Sequence[str]) -> str:
    return " ".join(Path(word).name if os.sep in word else word for word in command[:4])


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except OSError:
                continue
    return total
