"""Calls that lease libraries, and callers who don't wait for them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.library_memory import LibraryMemory
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import ResourceExhaustedError
from tests.catalog.leasing import LONG, Gate, leases_of


class Calls:
    """Calls of two libraries, of which "slow" is opened only when the gate lets it."""

    def __init__(self, folder: Path) -> None:
        self.gate = Gate()
        self.leases = leases_of(folder, opening=lambda library_id: self.gate() if library_id == "slow" else None)
        self._executors = [
            BoundedExecutor("calls", workers=1, queue=8),
            BoundedExecutor("open", workers=2, queue=2),
        ]
        self.libraries = LibraryCalls(self.leases, *self._executors)

    async def begin(self) -> "asyncio.Task[str]":
        task = asyncio.create_task(self.libraries.run("slow", lambda library: library.id))
        assert await asyncio.to_thread(self.gate.reached.wait, LONG)
        return task

    def stop_threads(self) -> None:
        self.gate.open.set()
        for executor in self._executors:
            executor.close()

    def close(self) -> None:
        self.stop_threads()
        self.leases.close()


@pytest.fixture
async def calls(tmp_path: Path) -> AsyncIterator[Calls]:
    calls = Calls(tmp_path)
    yield calls
    calls.close()


async def test_a_library_that_is_being_opened_takes_no_thread_of_those_that_read(calls: Calls) -> None:
    slow = await calls.begin()
    assert await calls.libraries.run("quick", Library.record)
    calls.gate.open.set()
    assert await slow == "slow"


async def test_too_many_who_wait_for_a_library_are_refused(calls: Calls) -> None:
    waiting = [await calls.begin() for _ in range(4)]
    with pytest.raises(ResourceExhaustedError):
        await calls.libraries.run("slow", Library.record)
    calls.gate.open.set()
    assert await asyncio.gather(*waiting) == ["slow"] * 4


async def test_who_gives_up_while_a_library_is_opened_keeps_it_from_nobody(calls: Calls) -> None:
    slow = await calls.begin()
    slow.cancel()
    await asyncio.wait([slow])
    calls.stop_threads()
    lease = calls.leases.take_open("slow")
    assert lease is not None
    assert lease.users == 1


async def test_people_are_loaded_once_for_all_who_need_them(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    load = LibraryMemory.load_people

    def count(self: LibraryMemory) -> None:
        loaded.append(self)
        load(self)

    monkeypatch.setattr(LibraryMemory, "load_people", count)
    await asyncio.gather(*(calls.libraries.run("quick", Library.record, people=True) for _ in range(4)))
    async with calls.libraries.lease("quick") as library:
        assert library.memory.has_people
        assert loaded == [library.memory]
