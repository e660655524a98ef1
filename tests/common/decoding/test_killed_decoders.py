"""Somebody kills decoders: others take their places, and no photo pays for it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from services.common.decoding.shared_memory import is_supported
from services.common.errors import AlbumenError, Reason
from tests.common.decoding.own_children import own_children
from tests.common.decoding.test_child_decoders import SOUND, decoders, eventually, header, refusal

pytestmark = pytest.mark.skipif(not is_supported(), reason="decoders are threads here")


def _children() -> set[int]:
    return {child.pid for child in own_children()}


def test_who_dies_while_idle_is_buried_and_replaced_though_nobody_asks() -> None:
    with decoders(count=2) as pool:
        pool.start()
        killed = _children()
        for child in own_children():
            child.kill()

        eventually(lambda: len(_children() - killed) == len(killed) and not _children() & killed)
        assert header(pool, SOUND).width == 40


def test_a_photo_whose_decoder_is_killed_before_it_reads_goes_to_another_one() -> None:
    with decoders() as pool, ThreadPoolExecutor(1) as caller:
        pool.start()
        stopped = own_children()
        for child in stopped:
            child.suspend()
        found = caller.submit(header, pool, SOUND)
        eventually(lambda: pool._lent == 1)
        for child in stopped:
            child.kill()

        assert found.result(60).width == 40


def test_a_photo_that_ends_its_decoder_is_never_brought_to_another_one() -> None:
    with decoders() as pool:
        pool.start()
        before = _children()
        for data in (b"crash", b"killed", b"exit"):
            assert refusal(pool, data).reason in (Reason.IMAGE_UNREADABLE, Reason.DECODER_UNAVAILABLE)
        eventually(lambda: len(_children()) == len(before))
        with capture_logs() as logs:
            refusal(pool, b"crash")
        assert [log["event"] for log in logs] == ["decoder_ended"]


def test_a_storm_of_kills_refuses_no_photo_that_was_not_begun() -> None:
    errors: list[AlbumenError] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                assert header(pool, SOUND).width == 40
            except AlbumenError as error:
                errors.append(error)

    with decoders(count=2) as pool, ThreadPoolExecutor(2) as callers, capture_logs() as logs:
        pool.start()
        asking = [callers.submit(ask) for _ in range(2)]
        for _ in range(20):
            for child in own_children():
                child.kill()
            done.wait(0.15)
        done.set()
        for each in asking:
            each.result(60)
        assert header(pool, SOUND).width == 40

    assert not [error for error in errors if "comes up" in error.message]
    assert sum(log["event"] == "decoder_ended" for log in logs) <= 20


def test_what_never_comes_up_is_tried_ever_more_seldom() -> None:
    with decoders(count=2, module="tests.no_such_module") as pool:
        assert refusal(pool, SOUND).reason is Reason.DECODER_UNAVAILABLE
        eventually(lambda: pool._failed_starts > 6)
        started = pool._failed_starts
        threading.Event().wait(1)
        assert pool._failed_starts <= started + 3


@pytest.mark.timeout(40)
def test_what_neither_comes_up_nor_ends_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.decoding.child_decoder._START_SECONDS", 0.5)
    with decoders(module="tests.common.decoding.silent_process") as pool:
        assert refusal(pool, SOUND).reason is Reason.DECODER_UNAVAILABLE
