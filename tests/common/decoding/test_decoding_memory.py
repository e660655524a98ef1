import threading
import time

import pytest

from services.common.cancellation import Cancellation
from services.common.decoding.decoding_memory import DecodingMemory
from services.common.errors import DeadlineExceededError, Reason


class Photo(threading.Thread):
    """Takes a share in a thread, and holds it until it is told."""

    def __init__(self, budget: DecodingMemory, size: int, order: list[int]) -> None:
        super().__init__()
        self.cancellation = Cancellation()
        self.has_share = threading.Event()
        self.may_end = threading.Event()
        self.error: BaseException | None = None
        self._share = budget.share()
        self._size = size
        self._order = order
        self.start()

    def run(self) -> None:
        try:
            self._share.grow(self._size, self.cancellation)
        except DeadlineExceededError as error:
            self.error = error
            return
        self._order.append(self._size)
        self.has_share.set()
        self.may_end.wait(60)
        self._share.shrink(0)

    def end(self) -> None:
        self.may_end.set()
        self.join(60)


def test_what_fits_goes_at_once_and_what_does_not_waits_in_order() -> None:
    budget, order = DecodingMemory(100), list[int]()
    first, second = Photo(budget, 60, order), Photo(budget, 40, order)
    assert first.has_share.wait(60)
    assert second.has_share.wait(60)
    large = Photo(budget, 90, order)
    _until_waiting(budget, 1)
    small = Photo(budget, 5, order)
    _until_waiting(budget, 2)

    second.end()
    # There would be room for the small one, but then large ones might wait for ever.
    assert not small.has_share.wait(0.05)
    first.end()

    assert large.has_share.wait(60)
    assert small.has_share.wait(60)
    assert order[2:] == [90, 5]
    large.end()
    small.end()


def _until_waiting(budget: DecodingMemory, count: int) -> None:
    while len(budget._turns) < count:
        time.sleep(0.001)


def test_who_leaves_the_queue_lets_others_pass() -> None:
    budget, order = DecodingMemory(100), list[int]()
    first = Photo(budget, 60, order)
    assert first.has_share.wait(60)
    large = Photo(budget, 90, order)
    _until_waiting(budget, 1)
    small = Photo(budget, 5, order)

    large.cancellation.cancel()

    assert small.has_share.wait(60)
    large.join(60)
    assert isinstance(large.error, DeadlineExceededError)
    assert large.error.reason is Reason.DEADLINE_EXCEEDED
    first.end()
    small.end()


def test_who_wants_more_holds_nothing_meanwhile() -> None:
    """Two photos that are decoded larger would wait for each other."""
    budget, cancellation = DecodingMemory(100), Cancellation()
    one, other = budget.share(), budget.share()
    one.grow(50, cancellation)
    other.grow(50, cancellation)
    waiting = threading.Thread(target=one.grow, args=(80, cancellation))
    waiting.start()

    other.shrink(20)

    waiting.join(60)
    assert not waiting.is_alive()


def test_what_never_fits_is_not_waited_for() -> None:
    with pytest.raises(ValueError, match="101 bytes"):
        DecodingMemory(100).share().grow(101, Cancellation())


def test_what_is_free_is_taken_without_giving_anything_back() -> None:
    budget, order = DecodingMemory(100), list[int]()
    share = budget.share()
    share.grow(30, Cancellation())
    other = Photo(budget, 60, order)
    assert other.has_share.wait(60)
    assert share.grow_at_once(40)
    assert not share.grow_at_once(41)
    assert share.grow_at_once(10)
    other.end()
    share.shrink(0)
    assert budget.share().grow_at_once(100)


def test_the_last_quarter_is_borrowed_from_messages_that_come_in() -> None:
    budget = DecodingMemory(100)
    share = budget.share()
    for held, borrowed in ((75, 0), (80, 5), (100, 25)):
        share.grow(held, Cancellation())
        assert budget.borrowed() == borrowed
    share.shrink(0)
    assert budget.borrowed() == 0
