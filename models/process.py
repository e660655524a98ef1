"""Runs a registry's client as a subprocess that is bounded in time and never outlives the pull."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock

from models.errors import FetchError

Process: TypeAlias = "subprocess.Popen[bytes]"

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_RUNNING = ".running"
_POLL_SECONDS = 0.2
_STOP_SECONDS = 10
_MAX_LINES = 15


def run_client(
    command: Sequence[str], folder: Path, timeout: float, watch: Callable[[int], None] | None = None
) -> None:
    """Run a command and wait for it; it is gone afterwards in every case, with whatever it has started.

    Args:
        command: program and arguments.
        folder: where it runs, and where it puts its temporary files.
        timeout: seconds that it may take.
        watch: called a few times a second with the number of bytes in the folder, to follow a download.

    Raises:
        FetchError: the command failed, with its last lines, or took too long.

    """
    # Clients learn of mirrors, proxies and certificates from the environment, so all of it is passed on.
    environment = os.environ | {name: str(folder) for name in ("TMPDIR", "TMP", "TEMP")}
    with tempfile.TemporaryFile() as log, _running(folder) as held:
        with _start(command, folder, environment, log.fileno(), held) as process:
            try:
                code = _wait(process, timeout, (lambda: watch(_bytes_in(folder))) if watch else None)
            except BaseException:
                _stop(process)
                raise
        if code:
            log.seek(0)
            lines = log.read().decode(errors="replace").strip().splitlines()[-_MAX_LINES:]
            raise FetchError("\n".join([f"{_name(command)} failed with exit code {code}. It said:", *lines]))


def wait_until_ended(folder: Path, timeout: float) -> None:
    """Wait until no client of a killed pull runs in `folder` any more.

    Raises:
        filelock.Timeout: it still does after `timeout` seconds.

    """
    with FileLock(folder / _RUNNING, timeout=timeout):
        pass


@contextmanager
def _running(folder: Path) -> Iterator[int | None]:
    """Hold the lock that says that a client runs in `folder`; yield the descriptor to hand on to its supervisor.

    The lock belongs to the open file, not to a process: it is held until the last of those that inherited the
    descriptor has ended. Windows has no such locks.
    """
    if sys.platform == "win32":
        yield None
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    descriptor = os.open(folder / _RUNNING, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _wait(process: Process, timeout: float, watch: Callable[[], None] | None) -> int:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if watch:
                watch()
    raise FetchError(f"it took longer than {timeout:.0f} s and was stopped")


def _stop(process: Process) -> None:
    """Close the supervisor's standard input, on which it kills the client and ends."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _start(command: Sequence[str], folder: Path, environment: dict[str, str], output: int, held: int | None) -> Process:
    # Isolated (-I) and without site packages (-S): the supervisor needs the standard library only, and starts at once.
    return subprocess.Popen(  # noqa: S603 - a list of our own making, no shell
        [sys.executable, "-I", "-S", str(_SUPERVISOR), *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        start_new_session=True,
        pass_fds=() if held is None else (held,),
    )


def _name(command: Sequence[str]) -> str:
    return " ".join(Path(word).name if os.sep in word else word for word in command[:4])


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except OSError:
                # Temporary files come and go while the client works.
                continue
    return total
