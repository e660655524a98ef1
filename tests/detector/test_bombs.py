"""The detector as a process, while photos are made to hurt it: its memory, its other callers, its end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import grpc
import psutil
import pytest

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1.detector_service_pb2_grpc import DetectorServiceStub
from services.common.decoding.shared_memory import is_supported
from services.common.wire.channel import DIRECT
from tests import bombs
from tests.serving import failure_of

pytestmark = [
    pytest.mark.skipif(not is_supported(), reason="decoders are threads here"),
    # A busy machine takes long for 100 megapixels.
    pytest.mark.timeout(600),
]

CEILING = 900_000_000
CLIENTS = 8


class Detector:
    """A running detector.

    Attributes:
        peak: most bytes of memory that it and its processes held together while it was watched.

    """

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.target = f"127.0.0.1:{port}"
        self.peak = 0

    def family(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid)
        return [found, *found.children(recursive=True)]

    @contextmanager
    def watched(self) -> Iterator[None]:
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,))
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(0.02):
            held = 0
            for process in self.family():
                try:
                    held += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, held)


@contextmanager
def _running(weights_dir: Path, **variables: str) -> Iterator[Detector]:
    environment = {
        **os.environ,
        "ALBUMEN_EXIT_WITH_STDIN": "",
        "ALBUMEN_WEIGHTS_DIR": str(weights_dir),
        "ALBUMEN_DETECTOR_LISTEN": "127.0.0.1:0",
        "ALBUMEN_DETECTOR_LOG_FORMAT": "json",
        "ALBUMEN_DETECTOR_QUEUE": "100",
        "ALBUMEN_DETECTOR_DECODE_WALL_SECONDS": "600",
        **variables,
    }
    command = [sys.executable, "-m", "services.detector"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        port, event = 0, {"event": ""}
        while event["event"] != "serving":
            event = json.loads(process.stderr.readline())
            port = int(event.get("port", port))
        yield Detector(process, port)
    finally:
        process.kill()
        process.communicate()


async def _detect(target: str, photos: Sequence[bytes]) -> list[str]:
    """What becomes of photos that are sent all at once: nothing, a reason, or the code of a broken connection."""
    async with grpc.aio.insecure_channel(target, options=[*DIRECT, ("grpc.enable_retries", 0)]) as channel:
        stub = DetectorServiceStub(channel)

        async def detect(photo: bytes) -> str:
            try:
                await stub.Detect(pb.DetectRequest(content=photo), timeout=600)
            except grpc.aio.AioRpcError as error:
                detailed = "grpc-status-details-bin" in dict(error.trailing_metadata() or ())
                return failure_of(error).reason if detailed else error.code().name
            return ""

        return await asyncio.gather(*map(detect, photos))


@pytest.fixture
async def detector(weights_dir: Path) -> AsyncIterator[Detector]:
    with _running(weights_dir) as running:
        yield running


async def test_large_photos_of_eight_clients_take_turns(detector: Detector, samples_dir: Path) -> None:
    flat = [bombs.png("P"), bombs.tiff(), bombs.webp(), bombs.gif(), bombs.lying_avif(4_000), bombs.webp(4_500)]
    portrait = (samples_dir / "obama.jpg").read_bytes()

    with detector.watched():
        reasons = await _detect(detector.target, [*flat, portrait, bombs.scans(20_000)])

    assert len(reasons) == CLIENTS
    # 100 megapixels of WebP are 1.6 GB, and an AVIF that lies about its size is damaged.
    assert reasons[:4] == ["", "", "IMAGE_TOO_MUCH_MEMORY", ""]
    assert reasons[4] in {"", "IMAGE_UNREADABLE"}
    assert reasons[5:] == ["", "", "IMAGE_TOO_COSTLY"]
    assert detector.peak < CEILING


async def test_a_photo_that_never_ends_is_refused_and_others_are_not(weights_dir: Path, samples_dir: Path) -> None:
    portrait = (samples_dir / "obama.jpg").read_bytes()
    with _running(weights_dir, ALBUMEN_DETECTOR_DECODE_CPU_SECONDS="0.3") as running:
        reasons = await _detect(running.target, [bombs.png(), bombs.tiff(), portrait, portrait])

    assert reasons == ["IMAGE_TOO_COSTLY", "IMAGE_TOO_COSTLY", "", ""]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_it_ends_in_the_middle_of_a_bomb(weights_dir: Path, end: signal.Signals) -> None:
    with _running(weights_dir, ALBUMEN_DETECTOR_DRAIN_SECONDS="0.2") as running:
        before = {process.pid: process.cpu_times().user for process in running.family()[1:]}
        calls = asyncio.create_task(_detect(running.target, [bombs.png("RGBA")] * 4))
        family = running.family()
        await asyncio.to_thread(_until_busy, family[1:], before)

        running.process.send_signal(end)

        assert await asyncio.to_thread(running.process.wait, 60) == (0 if end is signal.SIGTERM else -end)
        assert "" not in await calls
        # Those that are left by a kill end with the processor time of their photo.
        _, alive = await asyncio.to_thread(psutil.wait_procs, family[1:], 60)
        assert alive == []


def _until_busy(processes: Sequence[psutil.Process], before: Mapping[int, float]) -> None:
    while not any(process.cpu_times().user > before.get(process.pid, 0) + 0.1 for process in processes):
        time.sleep(0.01)


async def test_a_cancelled_call_ends_its_work(detector: Detector) -> None:
    async with grpc.aio.insecure_channel(detector.target, options=DIRECT) as channel:
        stub = DetectorServiceStub(channel)
        children = {process.pid for process in detector.family()[1:]}

        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Detect(pb.DetectRequest(content=bombs.png("RGBA")), timeout=0.3)

        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        end = time.monotonic() + 60
        while len(children & {process.pid for process in detector.family()[1:]}) == len(children):
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
