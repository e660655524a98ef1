"""The terminal of the command line: what is told on the side may get lost, an answer that gets lost is a failure."""

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _UnfailingStream(io.TextIOBase):
    """Writes where `stream` does, as long as that is possible."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override] # of every stream that there can be
        """Encoding of the stream."""
        return self._stream.encoding

    def fileno(self) -> int:
        """Return the descriptor, of which others ask how wide the terminal is."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._stream.isatty()

    def write(self, text: str, /) -> int:
        """Write text, or lose it."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is held back, or lose it."""
        with suppress(OSError):
            self._stream.flush()


def let_messages_get_lost() -> None:
    """Let no command fail because what it tells on the side finds no room or no reader."""
    if sys.stderr is not None:
        sys.stderr = _UnfailingStream(sys.stderr)


def lost_answer(error: OSError | None = None) -> str:
    """Write what standard output still holds; return why the answer is lost, empty if it is not.

    That nobody reads on is no failure: whoever asked for the first lines has them.

    Args:
        error: what ended the command; taken for the output's if it can be no file's.

    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as unwritten:
        error = unwritten
        # The interpreter would fail on what is left once more at its end.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
    else:
        if error is None or error.filename is not None or error.errno not in _NO_ROOM:
            return ""
    if isinstance(error, BrokenPipeError):
        return ""
    return f"the answer cannot be written: {error.strerror or error}"
