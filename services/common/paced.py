"""Reads a stream of images only as there is memory for them: slowed down, never refused."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from services.common.byte_budget import ByteBudget
from services.common.map_unordered import map_unordered

Item = TypeVar("Item")
Result = TypeVar("Result")


async def map_as_there_is_room(
    items: AsyncIterable[Item],
    work: Callable[[Item], Coroutine[Any, Any, Result]],
    *,
    window: int,
    size: Callable[[Item], int],
    budget: ByteBudget,
) -> AsyncIterator[Result]:
    """Yield the results of `work` on each item, as `map_unordered` does.

    The next item is read while the budget has room, and its bytes are held until its result is there.

    Args:
        items: what comes.
        work: processes one.
        window: items in progress at once.
        size: says how many bytes an item has.
        budget: of the process.

    """
    with budget.hold() as account:

        async def held(item: tuple[Item, int]) -> Result:
            result = await work(item[0])
            account.give_back(item[1])
            return result

        async def paced() -> AsyncIterator[tuple[Item, int]]:
            reader = aiter(items)
            while True:
                await budget.room()
                try:
                    item = await anext(reader)
                except StopAsyncIteration:
                    return
                # Several streams may have found the same room: each goes over it by one item at most.
                account.add_anyway(taken := size(item))
                yield item, taken
                # It is not kept while the next one is awaited.
                del item

        async for result in map_unordered(paced(), held, window=window):
            yield result
