import asyncio
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import ResourceExhaustedError
from services.embedder.micro_batcher import Batched, MicroBatcher

WAIT_SECONDS = 30


class Doubler:
    """Doubles numbers once `gate` is open, and remembers the batches in the order in which they began."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []
        if is_open:
            self.gate.set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        assert self.gate.wait(WAIT_SECONDS)
        if 13 in items:
            raise ArithmeticError("13")
        return [2 * item for item in items]


def batcher_of(run: Doubler, *, workers: int = 1, queue: int = 1000, lane_queue: int = 1000) -> MicroBatcher[int, int]:
    return MicroBatcher("test", run, sizes=(8, 4, 2, 1), workers=workers, queue=queue, lane_queue=lane_queue)


async def turn() -> None:
    """Let everything that is ready on the loop run, and what that makes ready."""
    for _ in range(5):
        await asyncio.sleep(0)


async def started(batcher: MicroBatcher[int, int], *items: int) -> asyncio.Task[Batched[int]]:
    task = asyncio.create_task(batcher.run(items))
    await turn()
    return task


async def test_a_single_item_runs_at_once_and_alone() -> None:
    run = Doubler()
    batcher = batcher_of(run)
    assert (await batcher.run([4])).results == [8]
    assert run.batches == [[4]]
    batcher.close()


async def test_what_waits_for_a_thread_shares_batches_of_the_allowed_sizes() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run)
    tasks = [await started(batcher, item) for item in range(12)]
    run.gate.set()
    assert [(await task).results for task in tasks] == [[2 * item] for item in range(12)]
    assert [len(batch) for batch in run.batches] == [1, 8, 2, 1]
    batcher.close()


async def test_idle_threads_share_a_request() -> None:
    run = Doubler()
    batcher = batcher_of(run, workers=2)
    assert (await batcher.run(range(8))).results == list(range(0, 16, 2))
    assert sorted(run.batches) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    batcher.close()


async def test_nothing_is_run_for_nothing() -> None:
    run = Doubler()
    batcher = batcher_of(run)
    assert (await batcher.run([])).results == []
    assert run.batches == []
    batcher.close()


async def test_a_large_request_does_not_hold_up_small_ones() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run)
    blocker = await started(batcher, 0)
    large = await started(batcher, *range(100, 200))
    small = [await started(batcher, item) for item in (1, 2, 3)]
    run.gate.set()
    await asyncio.gather(blocker, large, *small)
    assert run.batches[1] == [100, 1, 2, 3, 101, 102, 103, 104]
    batcher.close()


async def test_the_items_of_a_lane_take_one_turn_at_a_time() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run)
    blocker = await started(batcher, 0)
    lane = batcher.lane()
    stream = [asyncio.ensure_future(lane(item)) for item in range(100, 120)]
    await turn()
    single = await started(batcher, 1)
    run.gate.set()
    await asyncio.gather(blocker, single, *stream)
    assert run.batches[1][:2] == [100, 1]
    batcher.close()


async def test_a_full_queue_refuses_at_once_and_says_when_to_come_again() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run, queue=10)
    tasks = [await started(batcher, *range(6)), await started(batcher, *range(4))]
    with pytest.raises(ResourceExhaustedError, match="10 items under way or waiting, its limit is 10") as caught:
        await batcher.run([1])
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 0
    run.gate.set()
    await asyncio.gather(*tasks)
    assert (await batcher.run(range(10))).results == list(range(0, 20, 2))
    batcher.close()


async def test_lanes_wait_where_others_are_refused() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run, queue=1, lane_queue=3)
    lane = batcher.lane()
    stream = [asyncio.ensure_future(lane(item)) for item in range(9)]
    await turn()
    run.gate.set()
    assert [each.results for each in await asyncio.gather(*stream)] == [[2 * item] for item in range(9)]
    assert max(map(len, run.batches)) <= 3
    batcher.close()


async def test_a_caller_that_is_gone_takes_its_waiting_items_along() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run, queue=20)
    blocker = await started(batcher, 0)
    leaving = await started(batcher, 1, 2, 3)
    staying = await started(batcher, 4)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    full = await started(batcher, *range(20, 38))
    run.gate.set()
    await asyncio.gather(blocker, staying, full)
    assert not {1, 2, 3} & {item for batch in run.batches for item in batch}
    batcher.close()


async def test_an_error_reaches_every_caller_of_the_batch_and_no_other() -> None:
    run = Doubler(is_open=False)
    batcher = batcher_of(run)
    blocker = await started(batcher, 0)
    failing = [await started(batcher, 13), await started(batcher, 14)]
    run.gate.set()
    assert (await blocker).results == [0]
    for task in failing:
        with pytest.raises(ArithmeticError):
            await task
    assert (await batcher.run([5])).results == [10]
    batcher.close()


async def test_a_batch_with_too_few_results_is_an_error() -> None:
    batcher: MicroBatcher[int, int] = MicroBatcher("test", lambda _: [], sizes=(1,), workers=1, queue=1, lane_queue=1)
    with pytest.raises(ValueError, match="1 items has 0 results"):
        await batcher.run([1])
    batcher.close()


async def test_times_add_up() -> None:
    batcher = batcher_of(Doubler())
    before = asyncio.get_running_loop().time()
    batched = await batcher.run(range(20, 40))
    elapsed = asyncio.get_running_loop().time() - before
    assert batched.queue_seconds >= 0
    assert batched.run_seconds > 0
    assert batched.queue_seconds + batched.run_seconds <= elapsed
    batcher.close()


@settings(max_examples=40, deadline=None)
@given(
    workers=st.integers(1, 4),
    callers=st.lists(st.tuples(st.integers(1, 20), st.booleans(), st.booleans()), min_size=1, max_size=12),
)
def test_every_caller_gets_its_own_results_in_order(workers: int, callers: list[tuple[int, bool, bool]]) -> None:
    run = Doubler()

    async def scenario() -> None:
        batcher = batcher_of(run, workers=workers, lane_queue=5)
        lane = batcher.lane()
        tasks = []
        gone = set()
        for number, (count, streams, leaves) in enumerate(callers):
            items = [1000 * (number + 1) + index for index in range(count)]
            if streams:
                tasks.append(asyncio.gather(*(lane(item) for item in items)))
            else:
                tasks.append(asyncio.gather(*[batcher.run(items)]))
            if leaves:
                gone.add(number)
            await asyncio.sleep(0)
        for number in gone:
            tasks[number].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for number, ((count, _, _), outcome) in enumerate(zip(callers, outcomes, strict=True)):
            if isinstance(outcome, BaseException):
                assert number in gone
                continue
            results = [result for part in outcome for result in part.results]
            assert results == [2 * (1000 * (number + 1) + index) for index in range(count)]
        batcher.close()

    asyncio.run(scenario())
    done = [item for batch in run.batches for item in batch]
    assert len(done) == len(set(done))
    assert {len(batch) for batch in run.batches} <= {1, 2, 4, 8}
