"""A command of the user's that runs in the foreground while services run behind it."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from clients.cli.failure import CommandError
from clients.cli.launching.stop import Stop

_POLL_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 20.0
_SIGNALLED: Final = 128


def run_in_foreground(
    argv: Sequence[str], environment: Mapping[str, str], stop: Stop, check: Callable[[], None]
) -> int:
    """Run `argv` to its end and return its exit code as a shell gives it: 128 + n if signal n ended it.

    Args:
        argv: program and arguments.
        environment: variables that it gets besides our own.
        stop: ends the command at once, or, after Ctrl-C, which the terminal sends it too, when it is done.
        check: called again and again; may raise to end the command.

    Raises:
        CommandError: the program can't be started.

    """
    try:
        process = subprocess.Popen(argv, env={**os.environ, **environment})  # noqa: S603 - the user's own
    except OSError as error:
        raise CommandError(f"{argv[0]} can't be started: {error.strerror or error}.", exit_code=127) from error
    try:
        while process.poll() is None and not stop.wait(_POLL_SECONDS):
            check()
        if stop.signal == signal.SIGINT:
            _wait(process)
    finally:
        process.terminate()
        if not _wait(process):
            process.kill()
    code = process.wait()
    return code if code >= 0 else _SIGNALLED - code


def _wait(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
