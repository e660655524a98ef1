"""What C libraries write to standard error, as events of the log instead of raw lines between them."""

import contextvars
import faulthandler
import io
import os
import sys
import threading
from typing import Final

import structlog

from services.common.log_budget import LogBudget

_log = structlog.get_logger("native")

_STDERR: Final = 2
_READ_BYTES: Final = 65_536
_MAX_LINE_CHARS: Final = 500
# A damaged photo may make libtiff complain thousands of times. The first lines say it.
_MAX_LINES: Final = 20


class NativeOutput:
    """Standard error's descriptor, led through a pipe; Python's own `sys.stderr` keeps its old way.

    Between `__init__` and `report` lines wait in the pipe. Crashes are not lost with it: what Python knows of
    them, and its tracebacks, go to the old standard error. Nobody who writes ever waits: of what comes faster
    than it is read, the rest is dropped.
    """

    def __init__(self) -> None:
        sys.stderr.flush()
        self._original = os.dup(_STDERR)
        self._pipe, entry = os.pipe()
        # A library may hold the interpreter's lock while it writes, and the reader needs that lock.
        os.set_blocking(entry, False)
        os.dup2(entry, _STDERR)
        os.close(entry)
        self._python_stderr = sys.stderr
        sys.stderr = io.TextIOWrapper(
            os.fdopen(self._original, "wb", buffering=0, closefd=False), errors="backslashreplace", write_through=True
        )
        faulthandler.enable(self._original)
        self._reader: threading.Thread | None = None

    def report(self) -> None:
        """Start to log what comes, with the current context's variables."""
        context = contextvars.copy_context()
        self._reader = threading.Thread(target=context.run, args=(self._read,), name="native-output", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Log what is left; what libraries write while the interpreter ends, such as reports of leaks, goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)
        if self._reader is not None:
            self._reader.join(timeout=1)

    def _read(self) -> None:
        budget = LogBudget(_MAX_LINES, lambda lines: _log.warning("native_output_dropped", lines=lines))
        rest = b""
        while chunk := os.read(self._pipe, _READ_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[:_READ_BYTES]
            for line in lines:
                _log_line(line, budget)
        _log_line(rest, budget)
        budget.finish()


def _log_line(line: bytes, budget: LogBudget) -> None:
    """Log one line, unless it is empty or one too many."""
    text = line.decode(errors="backslashreplace").strip()[:_MAX_LINE_CHARS]
    if text and budget.admits():
        _log.warning("native_output", text=text)
