import asyncio

import pytest

from services.common.byte_budget import ByteBudget
from services.common.errors import AlbumenError, DeadlineExceededError, Reason, ResourceExhaustedError
from services.common.wire.arrivals import Arrivals

IDLE = 30.0


async def never() -> bytes:
    await asyncio.Event().wait()
    return b""


async def at_once() -> bytes:
    return b"here"


async def test_a_message_that_does_not_come_is_given_up() -> None:
    arrivals = Arrivals(1, idle_seconds=0.01)
    with pytest.raises(DeadlineExceededError) as caught:
        await arrivals.next(never)
    assert caught.value.reason is Reason.REQUEST_STALLED
    assert caught.value.metadata == {"limit": "0.01"}
    assert await arrivals.next(at_once) == b"here"


async def test_clients_that_stall_keep_nobody_out() -> None:
    arrivals = Arrivals(8, idle_seconds=IDLE, grace_seconds=0.01)
    stalled = [asyncio.create_task(arrivals.next(never)) for _ in range(8)]
    await asyncio.sleep(0)
    assert await arrivals.next(at_once) == b"here"
    done, going_on = await asyncio.wait(stalled, timeout=0)
    # One had to go, and the others stay for as long as nobody needs their places.
    assert len(done) == 1
    (error,) = [task.exception() for task in done]
    assert isinstance(error, ResourceExhaustedError)
    assert (error.reason, error.retry_after) == (Reason.OVERLOADED, 1.0)
    assert await asyncio.gather(*(arrivals.next(at_once) for _ in range(50))) == [b"here"] * 50
    for task in going_on:
        task.cancel()


async def test_streams_that_are_idle_by_the_hundred_keep_nobody_out() -> None:
    arrivals = Arrivals(2, idle_seconds=IDLE, grace_seconds=0.01)
    idle = [asyncio.create_task(arrivals.next(never)) for _ in range(200)]
    await asyncio.sleep(0)
    assert await asyncio.gather(*(arrivals.next(at_once) for _ in range(5))) == [b"here"] * 5
    assert sum(task.done() for task in idle) < 20, "those who wait longest are not served first"
    for task in idle:
        task.cancel()
    await asyncio.gather(*idle, return_exceptions=True)
    assert await arrivals.next(at_once) == b"here"


async def test_who_waits_for_a_place_is_refused_before_it_sends_if_the_house_is_full_by_then() -> None:
    arrivals = Arrivals(1, idle_seconds=IDLE)

    def full() -> None:
        raise ResourceExhaustedError(Reason.OVERLOADED, "Full.")

    assert await arrivals.next(at_once, admit=full) == b"here", "it was asked already, and did not wait"
    holder = asyncio.create_task(arrivals.next(never))
    waiting = asyncio.create_task(arrivals.next(never, admit=full))
    await asyncio.sleep(0)
    holder.cancel()
    with pytest.raises(ResourceExhaustedError):
        await waiting
    assert await arrivals.next(at_once) == b"here"


async def test_places_of_those_who_leave_are_used_again() -> None:
    arrivals = Arrivals(1, idle_seconds=IDLE)
    for _ in range(3):
        holder = asyncio.create_task(arrivals.next(never))
        waiting = asyncio.create_task(arrivals.next(never))
        await asyncio.sleep(0)
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)
        # The place was handed over, to one that leaves as well.
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await arrivals.next(at_once) == b"here"


async def test_memory_is_asked_of_those_who_hold_some_and_are_silent() -> None:
    arrivals = Arrivals(4, idle_seconds=IDLE, grace_seconds=0.01)
    first = asyncio.create_task(arrivals.next(never))
    later = asyncio.create_task(arrivals.next(never, later=True))
    await asyncio.sleep(0)
    assert not arrivals.relieve(), "they were silent for a moment only"
    await asyncio.sleep(0.02)
    assert arrivals.relieve()
    with pytest.raises(AlbumenError):
        await later
    assert not first.done()
    first.cancel()


async def test_messages_on_their_way_share_a_room() -> None:
    arrivals = Arrivals(8, room=100, idle_seconds=IDLE)
    first = asyncio.create_task(arrivals.next(never, size=60))
    await asyncio.sleep(0)
    assert await arrivals.next(at_once, size=40) == b"here"
    second = asyncio.create_task(arrivals.next(at_once, size=60))
    await asyncio.sleep(0)
    assert not second.done(), "there is no room for it beside the first one"
    assert await arrivals.next(at_once, size=40) == b"here", "who is small need not wait behind it"
    first.cancel()
    assert await second == b"here"
    assert await arrivals.next(at_once, size=101) == b"here", "alone, one of any size is let in"


async def test_nobody_has_to_go_for_who_waits_a_moment() -> None:
    arrivals = Arrivals(2, idle_seconds=IDLE, grace_seconds=0.05)
    silent = asyncio.create_task(arrivals.next(never))
    come = asyncio.Event()

    async def soon() -> bytes:
        await come.wait()
        return b"here"

    await asyncio.sleep(0.1)
    one = asyncio.create_task(arrivals.next(soon))
    await asyncio.sleep(0)
    other = asyncio.create_task(arrivals.next(at_once))
    await asyncio.sleep(0)
    come.set()
    assert [await one, await other] == [b"here"] * 2
    assert not silent.done()
    silent.cancel()


async def test_a_message_of_a_stream_waits_in_its_place_until_there_is_room() -> None:
    budget = ByteBudget("test", 100)
    arrivals = Arrivals(2, idle_seconds=IDLE)
    account = budget.hold()
    account.add_anyway(99)
    received = 0

    async def one() -> bytes:
        nonlocal received
        received += 1
        account.add_anyway(60)
        return b"here"

    streams = [asyncio.create_task(arrivals.next(one, room=budget.room)) for _ in range(50)]
    await asyncio.sleep(0.05)
    assert received < 4, "each place goes over the limit by one message, and not each stream"
    while received < len(streams):
        account.give_back(60)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.gather(*streams)


async def test_what_something_else_has_borrowed_is_no_room() -> None:
    borrowed = 40
    arrivals = Arrivals(8, room=100, borrowed=lambda: borrowed, idle_seconds=IDLE)
    calls = _Calls()
    first, second = calls.start(arrivals, 50), calls.start(arrivals, 50)
    await asyncio.sleep(0.05)
    assert calls.arriving == 1, "two are more than there is room for"
    borrowed = 0
    assert await arrivals.next(at_once, size=50) == b"here"
    await asyncio.sleep(0)
    assert calls.arriving == 2
    calls.end.set()
    await asyncio.gather(first, second)


async def test_half_of_the_room_is_never_lent() -> None:
    arrivals = Arrivals(8, room=100, borrowed=lambda: 1_000, idle_seconds=IDLE)
    calls = _Calls()
    tasks = [calls.start(arrivals, 10) for _ in range(8)]
    await asyncio.sleep(0.05)
    assert calls.arriving == 5
    calls.end.set()
    await asyncio.gather(*tasks)
    assert await arrivals.next(at_once, size=60) == b"here", "one may come in any case"


class _Calls:
    """Calls whose messages are on their way until `end`."""

    def __init__(self) -> None:
        self.arriving = 0
        self.end = asyncio.Event()

    def start(self, arrivals: Arrivals, size: int) -> asyncio.Task[bytes | None]:
        return asyncio.create_task(arrivals.next(self._receive, size=size))

    async def _receive(self) -> bytes:
        self.arriving += 1
        await self.end.wait()
        return b"here"
