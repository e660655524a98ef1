import asyncio
from collections.abc import AsyncIterator

import pytest

from services.common.map_unordered import map_unordered


async def numbers(stop: int) -> AsyncIterator[int]:
    for number in range(stop):
        yield number


async def test_results_come_as_they_are_there() -> None:
    release = [asyncio.Event() for _ in range(3)]

    async def work(number: int) -> int:
        await release[number].wait()
        if number:
            release[number - 1].set()
        return number

    release[2].set()
    assert [result async for result in map_unordered(numbers(3), work, window=3)] == [2, 1, 0]


@pytest.mark.parametrize("window", [1, 3, 100])
async def test_every_item_is_answered_and_no_more_than_the_window_are_taken_in(window: int) -> None:
    read = answered = most = 0

    async def counted() -> AsyncIterator[int]:
        nonlocal read, most
        async for number in numbers(20):
            read += 1
            most = max(most, read - answered)
            yield number

    async def work(number: int) -> int:
        await asyncio.sleep(0)
        return -number

    results = []
    async for result in map_unordered(counted(), work, window=window):
        results.append(result)
        await asyncio.sleep(0)
        answered += 1
    assert sorted(results) == sorted(-number for number in range(20))
    assert most <= window


async def test_an_error_ends_the_rest() -> None:
    ended = asyncio.Event()

    async def work(number: int) -> int:
        if number == 1:
            raise ArithmeticError
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return number

    with pytest.raises(ArithmeticError):
        async for _ in map_unordered(numbers(2), work, window=5):
            pass
    assert ended.is_set()


async def test_an_error_of_the_source_is_raised() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ConnectionError

    async def work(number: int) -> int:
        return number

    with pytest.raises(ConnectionError):
        async for _ in map_unordered(broken(), work, window=5):
            pass
