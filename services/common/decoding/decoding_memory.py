"""Memory that decoders share: what does not fit yet waits for its turn."""

import threading
from collections import deque
from collections.abc import Callable

from services.common.cancellation import Cancellation


class DecodingMemory:
    """A number of bytes, of which threads take shares, first come, first served.

    A large share is never overtaken by smaller ones, which would keep it waiting for ever; as every share is held for
    a bounded time, nobody waits for ever.

    Args:
        total: the bytes that there are.

    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._left = total
        self._turns: deque[object] = deque()
        self._changed = threading.Condition()

    def share(self) -> "MemoryShare":
        """Return a share of nothing, to be resized."""
        return MemoryShare(self._take, self._take_at_once, self._give)

    def borrowed(self) -> int:
        """Return the bytes of the last quarter that shares hold; see `Decoders`."""
        return max(self.total // 4 - self._left, 0)

    def _take(self, size: int, cancellation: Cancellation) -> None:
        if size > self.total:
            raise ValueError(f"{size} bytes are more than the {self.total} that there are")
        turn = object()
        with cancellation.then(self._wake), self._changed:
            self._turns.append(turn)
            try:
                while self._turns[0] is not turn or self._left < size:
                    cancellation.check()
                    self._changed.wait()
                self._left -= size
            finally:
                self._turns.remove(turn)
                self._changed.notify_all()

    def _take_at_once(self, size: int) -> bool:
        with self._changed:
            if self._turns or self._left < size:
                return False
            self._left -= size
            return True

    def _give(self, size: int) -> None:
        with self._changed:
            self._left += size
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class MemoryShare:
    """What one photo holds of a budget; for one thread.

    Args:
        take: waits for bytes.
        take_at_once: takes bytes if it need not wait for them, and says whether it did.
        give: gives bytes back.

    """

    def __init__(
        self,
        take: Callable[[int, Cancellation], None],
        take_at_once: Callable[[int], bool],
        give: Callable[[int], None],
    ) -> None:
        self._take = take
        self._take_at_once = take_at_once
        self._give = give
        self._held = 0

    def grow(self, size: int, cancellation: Cancellation) -> None:
        """Hold `size` bytes or more; while it waits for them, it holds nothing that others wait for.

        Raises:
            ValueError: there will never be so many.
            DeadlineExceededError: DEADLINE_EXCEEDED, nobody waits for the photo any more.

        """
        if self.grow_at_once(size):
            return
        self.shrink(0)
        self._take(size, cancellation)
        self._held = size

    def grow_at_once(self, size: int) -> bool:
        """Hold `size` bytes or more if that takes no waiting; return whether it holds them."""
        more = max(size - self._held, 0)
        if more and not self._take_at_once(more):
            return False
        self._held += more
        return True

    def shrink(self, size: int) -> None:
        """Give back all but `size` bytes."""
        surplus = max(self._held - size, 0)
        self._held -= surplus
        self._give(surplus)
