import asyncio

import pytest

from services.common.admission import Admission
from services.common.errors import ResourceExhaustedError


def refused(admission: Admission) -> float:
    with pytest.raises(ResourceExhaustedError) as caught:
        admission.check()
    assert caught.value.retry_after is not None
    return caught.value.retry_after


def test_those_who_are_refused_are_told_to_come_one_after_the_other() -> None:
    admission = Admission("test", limit=2, parallel=2)
    admission.enter(2)
    admission.record(1.0)
    waits = [refused(admission) for _ in range(40)]
    assert waits == sorted(waits)
    # Two places become free a second, or so; a quarter more are told to come, as some never do.
    assert waits[10] - waits[0] == pytest.approx(10 / 2 / 1.25, abs=0.3)
    assert waits[-1] == pytest.approx(10, abs=0.1), "nobody is sent away for longer"


def test_a_check_takes_no_place() -> None:
    admission = Admission("test", limit=1, parallel=1)
    admission.check()
    admission.enter()
    refused(admission)
    admission.leave(1.0)
    admission.check()


async def test_who_has_sent_everything_waits_for_a_place_and_comes_before_others() -> None:
    admission = Admission("test", limit=1, parallel=1)
    admission.enter()
    order: list[str] = []

    async def wait(name: str) -> None:
        async with admission.turn():
            order.append(name)

    tasks = [asyncio.create_task(wait(name)) for name in ("first", "given up", "second")]
    await asyncio.sleep(0)
    refused(admission)
    tasks[1].cancel()
    await asyncio.gather(tasks[1], return_exceptions=True)
    admission.leave()
    with pytest.raises(ResourceExhaustedError):
        admission.enter()
    await asyncio.gather(tasks[0], tasks[2])
    assert order == ["first", "second"]
    admission.enter()


async def test_a_turn_that_comes_as_its_caller_is_cancelled_is_not_lost() -> None:
    admission = Admission("test", limit=1, parallel=1)
    admission.enter()

    async def wait() -> None:
        async with admission.turn():
            pytest.fail("it was cancelled")

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    admission.leave()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    admission.enter()
