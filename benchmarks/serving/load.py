"""Generates load: closed, the next call when one is answered, or open, calls at a fixed rate."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from services.common.errors import ResourceExhaustedError

Call = Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Arrivals:
    """What became of calls that came whether or not those before them were answered.

    Attributes:
        seconds: from the first call to the last answer.
        accepted: seconds that each answered call took.
        refused: seconds that each refusal took.
        without_retry: refusals that did not say when to come again.

    """

    seconds: float = 0.0
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    without_retry: int = 0


async def closed_loop(call: Call, clients: int, seconds: float) -> int:
    """Let each of `clients` call again as soon as it is answered, for `seconds`; return the sum of the answers."""
    until = time.perf_counter() + seconds

    async def client() -> int:
        units = 0
        while time.perf_counter() < until:
            units += await call()
        return units

    return sum(await asyncio.gather(*(client() for _ in range(clients))))


async def open_loop(call: Call, rate: float, seconds: float, seed: int) -> Arrivals:
    """Call at the times of a Poisson process of `rate` a second for `seconds`, and wait for every answer.

    Raises:
        AlbumenError: a call failed otherwise than by being refused for overload.

    """
    random, result = np.random.default_rng(seed), Arrivals()

    async def one() -> None:
        started = time.perf_counter()
        try:
            await call()
        except ResourceExhaustedError as error:
            result.refused.append(time.perf_counter() - started)
            result.without_retry += error.retry_after is None
        else:
            result.accepted.append(time.perf_counter() - started)

    started = due = time.perf_counter()
    async with asyncio.TaskGroup() as calls:
        while (due := due + random.exponential(1 / rate)) < started + seconds:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            calls.create_task(one())
    result.seconds = time.perf_counter() - started
    return result


def threads_loop(work: Callable[[], int], threads: int, seconds: float) -> int:
    """Let each of `threads` do `work` again and again for `seconds`; return the sum of what it returns."""
    until = time.perf_counter() + seconds

    def thread(_: int) -> int:
        units = 0
        while time.perf_counter() < until:
            units += work()
        return units

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(thread, range(threads)))


def p99(seconds: Sequence[float]) -> float:
    """Return the 99th percentile, 0 if there is nothing."""
    return float(np.percentile(seconds, 99)) if seconds else 0.0
