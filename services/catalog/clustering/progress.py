"""How a long computation reports how far it is, and how it is cancelled."""

from collections.abc import Callable

# Called with the work done and the total, in the caller's thread. An exception it raises cancels the computation.
Progress = Callable[[int, int], None]


def ignore_progress(done: int, total: int) -> None:
    """Report to nobody."""
