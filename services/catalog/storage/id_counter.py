"""Ids that are never used twice, not even after a deletion and a restart."""

from typing import Final

from services.catalog.storage.library_row import Counter, read_counter, write_counter
from services.catalog.storage.transaction import Transaction

_BLOCK: Final = 1000


class IdCounter:
    """Gives ids from blocks that are reserved in the library's row.

    Closing gives the rest of a block back; a restart after a crash skips it.

    Args:
        counter: which ids.

    """

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._next = 0
        self._reserved = 0

    def take(self, transaction: Transaction, count: int) -> range:
        """Return `count` new ids, ascending."""
        if self._next + count > self._reserved:
            self._reserve(transaction, count)
        ids = range(self._next, self._next + count)
        self._next += count
        return ids

    def give_back(self, transaction: Transaction) -> None:
        """Let whoever opens the library next go on with the id after the last one."""
        if self._reserved:
            write_counter(transaction.cursor, self._counter, self._next)
            self._forget_reservation()

    def _reserve(self, transaction: Transaction, count: int) -> None:
        self._next = max(self._next, read_counter(transaction.cursor, self._counter))
        self._reserved = self._next + count + _BLOCK
        write_counter(transaction.cursor, self._counter, self._reserved)
        transaction.on_rollback(self._forget_reservation)

    def _forget_reservation(self) -> None:
        # The ids themselves stay used: whoever took them may have shown them already.
        self._reserved = 0
