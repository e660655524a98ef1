"""A transaction without rows: what is left of it when only memory changes."""

from collections.abc import Callable
from types import TracebackType
from typing import Self


class MemoryTransaction:
    """Rolls back what was noted if its block raises; a context manager."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.roll_back()

    def on_rollback(self, action: Callable[[], object], /) -> None:
        self._undo.append(action)

    def roll_back(self) -> None:
        for action in reversed(self._undo):
            action()
