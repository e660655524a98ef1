"""Calls that lease libraries, and callers who don't wait for them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.library_memory import LibraryMemory
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import Reason, ResourceExhaustedError, UnavailableError
from tests.catalog.leasing import LONG, Gate, leases_of


class Calls:
    """Calls of libraries, of which those that begin with "slow" are opened only when the gate lets them."""

    def __init__(self, folder: Path) -> None:
        self.gate = Gate()
        self.leases = leases_of(folder, opening=self._pass)
        self._executors = [
            BoundedExecutor("calls", workers=1, queue=8),
            BoundedExecutor("open", workers=2, queue=2, in_turn=2),
        ]
        self.libraries = LibraryCalls(self.leases, *self._executors)

    async def begin(self, library_id: str = "slow") -> "asyncio.Task[str]":
        task = asyncio.create_task(self.libraries.run(library_id, lambda library: library.id))
        assert await asyncio.to_thread(self.gate.reached.wait, LONG)
        return task

    def users(self, library_id: str) -> int:
        lease = self.leases.take_open(library_id)
        assert lease is not None
        self.leases.give_back(lease)
        return lease.users

    def _pass(self, library_id: str) -> None:
        if library_id.startswith("slow"):
            self.gate()

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


async def test_too_many_libraries_that_wait_to_be_opened_are_refused(calls: Calls) -> None:
    ids = [f"slow-{number}" for number in range(4)]
    waiting = [await calls.begin(library_id) for library_id in ids]
    with pytest.raises(ResourceExhaustedError):
        await calls.libraries.run("quick", Library.record)
    calls.gate.open.set()
    assert await asyncio.gather(*waiting) == ids


async def test_many_who_wait_for_the_same_library_take_one_place(calls: Calls) -> None:
    waiting = [await calls.begin() for _ in range(8)]
    assert await calls.libraries.run("quick", Library.record)
    calls.gate.open.set()
    assert await asyncio.gather(*waiting) == ["slow"] * 8
    assert calls.users("slow") == 0


async def test_who_gives_up_while_a_library_is_opened_keeps_it_from_nobody(calls: Calls) -> None:
    slow = await calls.begin()
    slow.cancel()
    await asyncio.wait([slow])
    calls.stop_threads()
    assert calls.users("slow") == 0


async def test_who_gives_up_takes_a_library_from_nobody_else(calls: Calls) -> None:
    first, second, third = [await calls.begin() for _ in range(3)]
    first.cancel()
    third.cancel()
    await asyncio.wait([first, third])
    calls.gate.open.set()
    assert await second == "slow"
    assert calls.users("slow") == 0


async def test_who_gives_up_and_comes_again_waits_in_the_same_place(calls: Calls) -> None:
    for _ in range(4):
        slow = await calls.begin()
        slow.cancel()
        await asyncio.wait([slow])
    slow = await calls.begin()
    assert await calls.libraries.run("quick", Library.record)
    calls.gate.open.set()
    assert await slow == "slow"
    assert calls.users("slow") == 0


async def test_a_library_that_nobody_waits_for_any_more_is_not_opened(calls: Calls) -> None:
    opened = [await calls.begin(f"slow-{number}") for number in range(2)]
    quick = [asyncio.create_task(calls.libraries.run("quick", Library.record)) for _ in range(2)]
    await asyncio.sleep(0)
    for caller in quick:
        caller.cancel()
    await asyncio.wait(quick)
    calls.gate.open.set()
    await asyncio.gather(*opened)
    calls.stop_threads()
    assert calls.leases.take_open("quick") is None


async def test_whoever_waits_for_a_library_hears_why_it_cannot_be_opened(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = UnavailableError(Reason.LIBRARY_UNAVAILABLE, "It is locked.")
    monkeypatch.setattr(calls.leases, "_check", Mock(side_effect=reason))
    callers = (calls.libraries.run("quick", Library.record) for _ in range(3))
    assert await asyncio.gather(*callers, return_exceptions=True) == [reason] * 3
    monkeypatch.undo()
    assert await calls.libraries.run("quick", Library.record)


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


async def test_many_who_need_the_people_of_one_library_leave_a_place_for_another(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calls.libraries.lease("large") as library:
        memory, load = library.memory, LibraryMemory.load_people

    def load_slowly(self: LibraryMemory) -> None:
        if self is memory:
            calls.gate()
        load(self)

    monkeypatch.setattr(LibraryMemory, "load_people", load_slowly)
    waiting = [asyncio.create_task(calls.libraries.run("large", lambda one: one.id, people=True)) for _ in range(3)]
    assert await asyncio.to_thread(calls.gate.reached.wait, LONG)
    assert await calls.libraries.run("quick", Library.record, people=True)
    waiting.pop(0).cancel()
    calls.gate.open.set()
    assert await asyncio.gather(*waiting) == ["large"] * 2
    assert calls.users("large") == 0
