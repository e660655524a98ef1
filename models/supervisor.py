"""Runs a command for as long as its parent process lives: a program of its own, started by `models.process`.

A pull that was killed cannot stop its client any more, and a client that lives on writes into a folder that the next
pull clears. So the client's parent is this program. Its standard input is a pipe whose other end only the pull holds:
when the pull ends, in whatever way, the pipe closes, and the client is killed with everything that it has started.

Usage: python supervisor.py COMMAND [ARGUMENT ...]. Exits with the command's code, 127 if it cannot be started.
"""

import os
import signal
import subprocess
import sys
import threading

_NOT_STARTED = 127
_KILLED = 128


def main(command: list[str]) -> int:
    """Run a command until it ends or this program's standard input does; return the exit code."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    except OSError as error:
        print(f"cannot start {command[0]}: {error}", file=sys.stderr)  # noqa: T201
        return _NOT_STARTED
    threading.Thread(target=_kill_with_parent, args=(process,), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else _KILLED - code


def _kill_with_parent(process: "subprocess.Popen[bytes]") -> None:
    # Not sys.stdin: a daemon thread that holds its lock would abort the interpreter's shutdown.
    os.read(0, 1)
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
