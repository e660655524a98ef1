"""What decoder processes keep of photos is given back when others need it, and when nobody asks for anything."""

import threading
from dataclasses import replace

import psutil
import pytest
from PIL import Image

from services.common.decoding.fork_server import MODULE
from services.common.decoding.shared_memory import is_supported
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MEBIBYTE, DecodeLimits, ImageLimits
from tests.bombs import saved
from tests.common.decoding.own_children import own_children
from tests.common.decoding.test_child_decoders import SOUND, decoders, eventually, header

pytestmark = pytest.mark.skipif(not is_supported(), reason="decoders are threads here")

LIMITS = DecodeLimits(ImageLimits(40 * MEBIBYTE, 20_000_000), wall_seconds=60, memory_bytes=200 * MEBIBYTE)
# It leaves less behind than a process gives back by itself.
ORDINARY = saved(Image.new("RGB", (3_000, 2_500), "red"), "PNG")
LARGE_FILE = ORDINARY + b"x" * 32 * MEBIBYTE
# Beside it, the header of the large file can be read, and its pixels can't.
NEIGHBOR_BYTES = 98 * MEBIBYTE


def _held_bytes(child: psutil.Process) -> int:
    return int(child.memory_full_info().pss)


def test_a_large_file_stays_in_no_process() -> None:
    with decoders(limits=LIMITS, module=MODULE) as pool:
        ordinary = header(pool, SOUND)
        (child,) = own_children()
        before = _held_bytes(child)
        with pool.lend(LARGE_FILE) as decoder:
            decoder.header(LIMITS.image)
        assert own_children() == [child]
        assert _held_bytes(child) - before < 8 * MEBIBYTE
        assert header(pool, SOUND) == ordinary


def test_memory_that_is_kept_for_photos_to_come_is_given_back_when_none_come() -> None:
    with decoders(limits=LIMITS, module=MODULE) as pool:
        header(pool, SOUND)
        (child,) = own_children()
        before = _held_bytes(child)
        with pool.lend(ORDINARY) as decoder:
            decoder.pixels(decoder.header(LIMITS.image))
        assert _held_bytes(child) - before > 8 * MEBIBYTE
        pool.tidy()
        assert own_children() == [child]
        assert _held_bytes(child) - before < 8 * MEBIBYTE
        header(pool, SOUND)


def test_a_large_photo_has_the_memory_that_others_keep() -> None:
    with decoders(2, LIMITS, MODULE) as pool:
        with pool.lend(SOUND), pool.lend(ORDINARY) as decoder:
            decoder.pixels(decoder.header(LIMITS.image))
        # The last one that was used is used next, and here that is the other one.
        keeping = max(own_children(), key=_held_bytes)
        before = _held_bytes(keeping)
        with pool.lend(saved(Image.new("RGB", (5_000, 3_500)), "PNG")) as decoder:
            decoder.pixels(decoder.header(LIMITS.image))
            assert before - _held_bytes(keeping) > 8 * MEBIBYTE


def test_a_large_file_that_waits_for_memory_is_in_no_process() -> None:
    with decoders(limits=LIMITS, module=MODULE) as pool:
        header(pool, SOUND)
        (child,) = own_children()
        before = _held_bytes(child)
        neighbor = pool._memory.share()
        with pool.lend(LARGE_FILE) as decoder:
            found = decoder.header(LIMITS.image)
            assert _held_bytes(child) - before > 16 * MEBIBYTE
            assert neighbor.grow_at_once(NEIGHBOR_BYTES)
            waiting = threading.Thread(target=decoder.pixels, args=(found,))
            waiting.start()
            eventually(lambda: pool._memory._turns)
            assert _held_bytes(child) - before < 8 * MEBIBYTE
            neighbor.shrink(0)
            waiting.join(60)
            assert (decoder.pixels(found) == (255, 0, 0)).all()


def test_a_file_that_is_brought_once_more_has_the_time_that_was_left() -> None:
    # Whoever asks for tags uses 0.15 seconds.
    limits = replace(LIMITS, cpu_seconds=0.6)
    refused = []
    with decoders(limits=limits) as pool:
        neighbor = pool._memory.share()
        with pool.lend(LARGE_FILE) as decoder:
            found = decoder.header(limits.image)
            for _ in range(3):
                decoder.camera_tags()
            assert neighbor.grow_at_once(NEIGHBOR_BYTES)

            def go_on() -> None:
                try:
                    decoder.pixels(found)
                    decoder.camera_tags()
                except InvalidArgumentError as error:
                    refused.append(error.reason)

            waiting = threading.Thread(target=go_on)
            waiting.start()
            eventually(lambda: pool._memory._turns)
            neighbor.shrink(0)
            waiting.join(60)
    assert refused == [Reason.IMAGE_TOO_COSTLY]
