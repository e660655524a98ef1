"""A file for what is told on the side: where it can't be written, it gets lost, and nobody fails with it."""

import io
import os
import select
import threading
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

# What fits into a pipe that has room for anything; whoever wrote more would wait for its reader.
_PART_BYTES: Final = 4096


class UnfailingFile(io.FileIO):
    """Writes to a descriptor, which stays open, and counts the lines that get lost.

    A disk that is full, a reader who has gone, and one who reads no more cost lines. The first line behind them is
    preceded by `notice`. Safe to use from several threads.

    Args:
        descriptor: what is written to.
        patience: seconds to wait for a reader who is slow, before lines are lost until he reads on; None for as long
            as it takes.

    Attributes:
        notice: makes a line that says how many were lost; without it, nothing says so.

    """

    def __init__(self, descriptor: int, patience: float | None = None) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.notice: Callable[[int], str] | None = None
        self._patience = patience
        # What is collected as garbage may have something to say, in the middle of a line.
        self._lock = threading.RLock()
        self._lost_lines = 0
        self._is_line_cut = False
        self._is_stuck = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write as much as can be; return the number of bytes as if that were all."""
        text = bytes(data)
        with self._lock:
            if (self._lost_lines and not self._say_lost()) or not self._write(text):
                self._lost_lines += text.count(b"\n")
        return len(text)

    def _say_lost(self) -> bool:
        """Write how many lines were lost, and say whether that was possible."""
        if self.notice is None or self._write(self.notice(self._lost_lines).encode() + b"\n"):
            self._lost_lines = 0
            return True
        return False

    def _write(self, text: bytes) -> bool:
        """Write whole lines, and say whether that was possible; what was cut before gets its end."""
        rest = memoryview(b"\n" + text if self._is_line_cut else text)
        whole = len(rest)
        while rest:
            if not self._has_room():
                break
            try:
                rest = rest[os.write(self.fileno(), rest[:_PART_BYTES]) :]
            except OSError:
                break
            self._is_line_cut = False
        self._is_line_cut = self._is_line_cut or 0 < len(rest) < whole
        return not rest

    def _has_room(self) -> bool:
        """Wait for a reader who is slow; once, and no more until he has read."""
        if not hasattr(select, "poll"):
            return True
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLOUT)
        patience = None if self._patience is None else 0 if self._is_stuck else 1000 * self._patience
        self._is_stuck = not waiting.poll(patience)
        return not self._is_stuck


def unfailing(stream: TextIO, patience: float | None = None) -> tuple[TextIO, UnfailingFile]:
    """Return what writes where `stream` does and never fails, as text and as it is below that."""
    file = UnfailingFile(stream.fileno(), patience)
    text = io.TextIOWrapper(file, encoding=stream.encoding, errors=stream.errors, write_through=True)
    return text, file
