"""What a photo does to the process that decodes it, it does to no other photo."""

import asyncio
import contextlib
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PIL import Image

from services.common.bounded_executor import BoundedExecutor
from services.common.decoding.child_decoders import ChildDecoders
from services.common.decoding.shared_memory import is_supported
from services.common.errors import AlbumenError, InvalidArgumentError, Reason, UnavailableError
from services.common.image_header import ImageHeader
from services.common.limits import MEBIBYTE, DecodeLimits, ImageLimits
from tests.bombs import saved
from tests.common.decoding.own_children import own_children, own_servers

pytestmark = pytest.mark.skipif(not is_supported(), reason="decoders are threads here")

FAULTY = "tests.common.decoding.faulty_process"
LIMITS = DecodeLimits(ImageLimits(max_bytes=MEBIBYTE, max_pixels=1_000_000), cpu_seconds=0.4, wall_seconds=60)
SOUND = saved(Image.new("RGB", (40, 30), "red"), "PNG")


@contextmanager
def decoders(count: int = 1, limits: DecodeLimits = LIMITS, module: str = FAULTY) -> Iterator[ChildDecoders]:
    pool = ChildDecoders(count, limits, module)
    try:
        yield pool
    finally:
        pool.close()
        assert [*own_servers(), *own_children()] == []


def header(pool: ChildDecoders, data: bytes) -> ImageHeader:
    with pool.lend(data) as decoder:
        return decoder.header(LIMITS.image, field="photo")


def refusal(pool: ChildDecoders, data: bytes) -> AlbumenError:
    with pytest.raises(AlbumenError) as caught:
        header(pool, data)
    return caught.value


def eventually(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_whatever_ends_a_process_costs_one_typed_error() -> None:
    with decoders() as pool:
        for data, reason in {
            b"crash": Reason.IMAGE_UNREADABLE,
            b"abort": Reason.IMAGE_UNREADABLE,
            b"exit": Reason.IMAGE_UNREADABLE,
            b"rubbish": Reason.IMAGE_UNREADABLE,
            b"other error": Reason.IMAGE_UNREADABLE,
            b"spin": Reason.IMAGE_TOO_COSTLY,
            b"memory": Reason.IMAGE_TOO_MUCH_MEMORY,
        }.items():
            error = refusal(pool, data)

            assert (type(error), error.reason, error.field) == (InvalidArgumentError, reason, "photo")
            assert header(pool, SOUND).width == 40


def test_a_killed_process_is_no_fault_of_its_photo() -> None:
    with decoders() as pool:
        error = refusal(pool, b"killed")

        assert (type(error), error.reason) == (UnavailableError, Reason.DECODER_UNAVAILABLE)
        assert error.retry_after
        assert header(pool, SOUND).width == 40


def test_a_process_that_neither_answers_nor_works_is_killed() -> None:
    limits = DecodeLimits(LIMITS.image, cpu_seconds=60, wall_seconds=0.2)
    with decoders(limits=limits) as pool:
        pool.start()

        error = refusal(pool, b"hang")

        assert (type(error), error.reason) == (UnavailableError, Reason.DECODER_UNAVAILABLE)
        assert error.retry_after


def test_processor_time_is_counted_over_all_that_is_done_with_a_photo() -> None:
    with decoders() as pool:
        for _ in range(4):
            with pool.lend(SOUND) as decoder:
                decoder.header(LIMITS.image)
                decoder.camera_tags()

        with pool.lend(SOUND) as decoder:
            decoder.header(LIMITS.image)
            decoder.camera_tags()
            decoder.camera_tags()
            with pytest.raises(InvalidArgumentError) as caught:
                decoder.camera_tags()
        assert caught.value.reason is Reason.IMAGE_TOO_COSTLY


def test_pixels_are_never_read_beyond_their_memory() -> None:
    with decoders() as pool, pool.lend(saved(Image.new("RGB", (7, 7)), "PNG")) as decoder:
        found = decoder.header(LIMITS.image)
        with pytest.raises(InvalidArgumentError, match="crashed"):
            decoder.pixels(found)


def test_a_program_that_does_not_start_is_said_and_tried_again() -> None:
    with decoders(module="tests.no_such_module") as pool:
        with pytest.raises(UnavailableError) as caught:
            pool.start()
        assert caught.value.reason is Reason.DECODER_UNAVAILABLE
        with pytest.raises(UnavailableError):
            pool.start()
        assert refusal(pool, SOUND).reason is Reason.DECODER_UNAVAILABLE


def test_processes_start_when_they_are_needed() -> None:
    with decoders(count=3) as pool:
        assert own_children() == []
        header(pool, SOUND)
        assert len(own_children()) == 1


async def test_a_cancelled_call_kills_its_process() -> None:
    executor = BoundedExecutor("test", workers=1, queue=1)
    limits = DecodeLimits(LIMITS.image, cpu_seconds=600, wall_seconds=600)
    with decoders(limits=limits) as pool:
        pool.start()
        (busy,) = own_children()
        started = busy.cpu_times().user
        call = asyncio.create_task(executor.run(header, pool, b"spin"))
        await asyncio.to_thread(eventually, lambda: busy.cpu_times().user > started + 0.05)

        call.cancel()

        # In the only thread, which would spin on for ten minutes.
        assert (await executor.run(header, pool, SOUND)).width == 40
        assert not busy.is_running()
    executor.close()


def test_closing_ends_whatever_is_under_way_at_once() -> None:
    limits = DecodeLimits(LIMITS.image, cpu_seconds=600, wall_seconds=600)
    with decoders(limits=limits) as pool:
        pool.start()
        errors: list[AlbumenError] = []
        threads = [threading.Thread(target=lambda: errors.append(refusal(pool, b"spin"))) for _ in range(3)]
        for thread in threads:
            thread.start()
        eventually(lambda: any(child.cpu_times().user > 0.3 for child in own_children()))

        pool.close()

        for thread in threads:
            thread.join(60)
        assert [error.reason for error in errors] == [Reason.SHUTTING_DOWN] * 3
        assert refusal(pool, SOUND).reason is Reason.SHUTTING_DOWN


ORPHAN = """
from services.common.decoding.child_decoders import ChildDecoders
from services.common.limits import DecodeLimits, ImageLimits

limits = DecodeLimits(ImageLimits(2**20, 10**6), cpu_seconds=600, wall_seconds=600)
pool = ChildDecoders(1, limits, "tests.common.decoding.faulty_process")
pool.start()
print("started", flush=True)
with pool.lend(b"spin") as decoder:
    decoder.header(ImageLimits())
"""


def test_a_killed_service_leaves_no_process_and_no_file_behind() -> None:
    before = {path.name for path in Path("/dev/shm").iterdir()}  # noqa: S108
    command = [sys.executable, "-c", ORPHAN]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert service.stdout is not None
    assert service.stdout.readline() == "started\n"
    children = psutil.Process(service.pid).children(recursive=True)
    assert len(children) == 2
    eventually(lambda: children[1].cpu_times().user > 0.1)

    service.kill()
    _, complaints = service.communicate()

    assert complaints == ""
    eventually(lambda: not any(child.is_running() for child in children))
    assert {path.name for path in Path("/dev/shm").iterdir()} <= before  # noqa: S108


def test_descriptors_and_memory_are_given_back() -> None:
    with decoders() as pool:
        header(pool, SOUND)
        before = len(_descriptors("self"))
        for _ in range(5):
            refusal(pool, b"crash")
        assert len(_descriptors("self")) == before


def test_a_process_knows_no_more_than_it_needs() -> None:
    """What it imports it has in memory, and what is in its memory a subverted codec can use."""
    code = textwrap.dedent("""
        import sys
        import services.common.decoding.decoder_process
        print(*sys.modules)
    """)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"grpc", "onnxruntime", "cv2", "duckdb", "pydantic", "structlog", "services.common.settings"} & {*found}
    assert "PIL" in found


def test_a_process_has_one_thread_and_no_other_descriptors() -> None:
    with decoders(count=2) as pool:
        pool.start()
        header(pool, SOUND)
        for child in own_children():
            assert child.num_threads() == 1
            found = _descriptors(child.pid)
            assert found.pop(2) == _descriptors("self")[2]
            assert {*found.values()} <= {"/dev/null", "socket", "/memfd:albumen-photo", f"/proc/{child.pid}/statm"}
            assert [*found.values()].count("socket") == 1


def _descriptors(process: int | str) -> dict[int, str]:
    """What the open descriptors of a process are."""
    found = {}
    for link in Path(f"/proc/{process}/fd").iterdir():
        # That of the folder itself is gone by now.
        with contextlib.suppress(FileNotFoundError):
            found[int(link.name)] = re.sub(r":\[\d+\]| \(deleted\)", "", str(link.readlink()))
    return found
