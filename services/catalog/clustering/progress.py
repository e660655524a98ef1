"""How far a long computation is."""

from collections.abc import Callable

# Called with what is done and the total, in the caller's thread; what it raises ends the computation.
Progress = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Tell nobody."""
