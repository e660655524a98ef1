"""Rolls back what is in memory, and notes if that fails."""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from services.catalog.people.change import Transaction

_log = structlog.get_logger()


class Guarded(Protocol):
    """What is rolled back.

    Attributes:
        lock: held while it changes.
        broken: whether it can't be trusted.

    """

    lock: threading.RLock
    broken: bool


class Guard:
    """Passes on what rolls a grouping back, and marks the grouping as broken if that fails."""

    def __init__(self, grouping: Guarded, transaction: Transaction) -> None:
        self._grouping = grouping
        self._transaction = transaction

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """See `Transaction.on_rollback`."""

        def guarded() -> None:
            if self._grouping.broken:
                return
            try:
                with self._grouping.lock:
                    action()
            except Exception:  # noqa: BLE001 - whatever it is, memory differs from the rows now
                self._grouping.broken = True
                _log.exception("people_discarded")

        self._transaction.on_rollback(guarded)
