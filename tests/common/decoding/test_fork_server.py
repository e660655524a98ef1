"""Decoders are forked from a process that may itself be killed, stopped, or refused by the system."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.common.bounded_executor import BoundedExecutor
from services.common.decoding.fork_server import ForkServer
from services.common.decoding.shared_memory import is_supported
from services.common.errors import AlbumenError, Reason, UnavailableError
from services.common.limits import DecodeLimits
from tests.common.decoding.own_children import own_children, own_servers
from tests.common.decoding.test_child_decoders import LIMITS, SOUND, decoders, eventually, header, refusal

pytestmark = [
    pytest.mark.skipif(not is_supported(), reason="decoders are threads here"),
    pytest.mark.timeout(120),
]

PATIENT = DecodeLimits(LIMITS.image, cpu_seconds=600, wall_seconds=600)


def test_one_that_is_killed_is_started_anew_with_its_decoders_though_nobody_asks() -> None:
    with decoders(count=2) as pool:
        pool.start()
        (killed,), orphans = own_servers(), own_children()
        killed.kill()

        eventually(lambda: len(own_children()) == 2 and killed not in own_servers())
        eventually(lambda: not any(orphan.is_running() for orphan in orphans))
        assert header(pool, SOUND).width == 40


@pytest.mark.parametrize("ends_by_itself", [False, True])
def test_a_photo_that_is_worked_on_when_it_ends_may_be_sent_again(*, ends_by_itself: bool) -> None:
    with decoders(limits=PATIENT) as pool, ThreadPoolExecutor(1) as caller:
        pool.start()
        (server,), (busy,) = own_servers(), own_children()
        refused = caller.submit(refusal, pool, b"spin")
        eventually(lambda: busy.cpu_times().user > 0.1)

        if ends_by_itself:
            # It is asked for a decoder, and gets no descriptors.
            assert pool._server is not None
            pool._server.fork(())
        else:
            server.kill()

        error = refused.result(60)
        assert (type(error), error.reason) == (UnavailableError, Reason.DECODER_UNAVAILABLE)
        assert error.retry_after
        # Nor does it go on, though nothing else would end it for ten minutes.
        eventually(lambda: not busy.is_running())
        assert header(pool, SOUND).width == 40


def test_a_storm_of_kills_refuses_no_photo_that_was_not_begun() -> None:
    errors: list[AlbumenError] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                assert header(pool, SOUND).width == 40
            except AlbumenError as error:
                errors.append(error)

    with decoders(count=2) as pool, ThreadPoolExecutor(2) as callers:
        pool.start()
        asking = [callers.submit(ask) for _ in range(2)]
        for _ in range(5):
            for server in own_servers():
                server.kill()
            done.wait(0.5)
        done.set()
        for each in asking:
            each.result(60)
        assert header(pool, SOUND).width == 40

    assert {error.message for error in errors} <= {"The process that decoded the image was killed. Retry in a moment."}


def test_one_that_is_stopped_and_buries_nobody_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.decoding.child._END_SECONDS", 0.2)
    with decoders() as pool:
        pool.start()
        (stopped,), (killed,) = own_servers(), own_children()
        stopped.suspend()
        killed.kill()

        eventually(lambda: len(own_children()) == 1 and stopped not in own_servers())
        assert header(pool, SOUND).width == 40


def test_one_that_never_comes_up_gives_its_place_to_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.decoding.fork_server.START_SECONDS", 0.2)
    monkeypatch.setattr("services.common.decoding.child_decoder._START_SECONDS", 0.5)
    with decoders(module="tests.common.decoding.silent_process") as pool:
        assert refusal(pool, SOUND).reason is Reason.DECODER_UNAVAILABLE
        (silent,) = own_servers()
        refusal(pool, SOUND)
        assert silent not in own_servers()


async def test_a_call_that_waits_for_one_is_cancelled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.decoding.child_decoder._START_SECONDS", 600.0)
    executor = BoundedExecutor("test", workers=1, queue=1)
    with decoders(module="tests.common.decoding.silent_process") as pool:
        call = asyncio.create_task(executor.run(header, pool, SOUND))
        await asyncio.to_thread(eventually, lambda: pool._lent == 1 and not pool._idle)
        call.cancel()

        await executor.run(str)
        assert pool._lent == 0
    executor.close()


def test_a_system_that_grants_no_process_is_said_and_not_waited_for() -> None:
    with decoders(module="tests.common.decoding.forkless_process") as pool:
        errors = [refusal(pool, SOUND)]
        servers = own_servers()
        errors.append(refusal(pool, SOUND))

        assert {error.reason for error in errors} == {Reason.DECODER_UNAVAILABLE}
        assert all("comes up" in error.message for error in errors)
        assert own_servers() == servers


def test_what_is_imported_is_in_memory_once() -> None:
    with decoders(count=2) as pool:
        pool.start()
        header(pool, SOUND)
        # Who looks for garbage touches all that may be garbage.
        refusal(pool, b"garbage")
        (server,) = own_servers()
        for child in own_children():
            assert child.memory_full_info().uss < server.memory_info().rss / 5


def test_it_has_one_thread_without_which_no_fork_is_safe() -> None:
    server = ForkServer()
    try:
        eventually(lambda: server.is_usable and server._late_at is None)
        assert [process.num_threads() for process in own_servers()] == [1]
    finally:
        server.close()
