"""The wish of somebody outside that this process ends."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Remembers the first signal that asked the process to end.

    It is no `threading.Event`: a signal handler runs between any two steps of the main thread, which may hold
    the event's lock just then, and would wait for itself.

    Attributes:
        signal: number of the signal, 0 before.

    """

    def __init__(self) -> None:
        self.signal = 0

    def __bool__(self) -> bool:
        """Return whether the process is to end."""
        return self.signal != 0

    def wait(self, seconds: float) -> bool:
        """Wait, and return whether the process is to end."""
        if not self:
            time.sleep(seconds)
        return bool(self)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to Ctrl-C, SIGTERM and the end of the terminal, instead of ending at once."""

        def receive(number: int, _frame: FrameType | None) -> None:
            self.signal = self.signal or number

        numbers = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP"):
            numbers.append(signal.SIGHUP)
        before = {number: signal.signal(number, receive) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
