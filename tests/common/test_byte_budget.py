import asyncio
import weakref
from collections.abc import AsyncIterator

import pytest

from services.common.byte_budget import ByteBudget
from services.common.errors import Reason, ResourceExhaustedError
from services.common.paced import map_as_there_is_room


async def test_bytes_over_the_limit_are_refused_at_once_and_given_back_at_the_end() -> None:
    budget = ByteBudget("test", 100)
    with budget.hold() as first:
        await first.add(60)
        await first.add(40)
        with pytest.raises(ResourceExhaustedError) as caught, budget.hold() as second:
            await second.add(1)
        assert (caught.value.reason, caught.value.retry_after) == (Reason.OVERLOADED, 0.5)
        assert caught.value.metadata == {"limit": "100", "value": "101"}
        with pytest.raises(ResourceExhaustedError):
            budget.check()
        assert budget.held == 100
    assert budget.held == 0
    budget.check()


async def test_who_is_silent_makes_room() -> None:
    budget = ByteBudget("test", 100)
    silent = budget.hold()
    await silent.add(80)

    def relieve() -> bool:
        asyncio.get_running_loop().call_later(0.01, silent.give_back, 80)
        return True

    budget.relieve = relieve
    with budget.hold() as held:
        await held.add(50)
        assert budget.held == 50


async def test_streams_are_read_as_there_is_room_and_never_refused() -> None:
    budget = ByteBudget("test", 100)
    most = 0

    async def items() -> AsyncIterator[int]:
        for _ in range(20):
            yield 40

    async def work(size: int) -> int:
        nonlocal most
        most = max(most, budget.held)
        await asyncio.sleep(0)
        return size

    async def stream() -> int:
        return sum([size async for size in map_as_there_is_room(items(), work, window=8, size=int, budget=budget)])

    assert await asyncio.gather(*(stream() for _ in range(3))) == [800, 800, 800]
    # Each stream may go over it by one item.
    assert most <= 100 + 3 * 40
    assert budget.held == 0


async def test_a_stream_that_is_given_up_gives_its_bytes_back() -> None:
    budget = ByteBudget("test", 100)

    async def items() -> AsyncIterator[int]:
        yield 10
        yield 20
        await asyncio.Event().wait()

    async def work(size: int) -> int:
        if size == 20:
            await asyncio.Event().wait()
        return size

    async def read_one() -> None:
        async for result in map_as_there_is_room(items(), work, window=4, size=int, budget=budget):
            assert result == 10

    reader = asyncio.create_task(read_one())
    await asyncio.sleep(0.05)
    assert budget.held == 20
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert budget.held == 0


async def test_a_stream_that_waits_keeps_nothing_of_what_it_has_done() -> None:
    budget = ByteBudget("test", 100)
    kept: list[weakref.ref[Thing]] = []

    async def items() -> AsyncIterator[Thing]:
        thing = Thing()
        kept.append(weakref.ref(thing))
        yield thing
        del thing
        await asyncio.Event().wait()

    async def work(_: Thing) -> str:
        return "done"

    results = map_as_there_is_room(items(), work, window=4, size=lambda _: 10, budget=budget)
    assert await anext(results) == "done"
    waiting = asyncio.ensure_future(anext(results))
    await asyncio.sleep(0.01)
    assert kept[0]() is None
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


class Thing:
    """A photo."""


async def test_room_is_awaited_for_as_many_bytes_as_may_come() -> None:
    budget = ByteBudget("test", 100)
    with budget.hold() as held:
        await held.add(60)
        await budget.room(40)
        waiting = asyncio.create_task(budget.room(41))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        held.give_back(1)
        await waiting
    # Of what is larger than all that there is, one may come.
    await budget.room(101)
