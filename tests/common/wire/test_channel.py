import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2_grpc as pb_grpc
from services.common.settings import ServiceSettings
from services.common.wire.channel import channel_options
from services.common.wire.health_check import is_serving
from services.common.wire.server import Server
from tests.common.wire.test_server import SETTINGS, application
from tests.serving import serving

ROOT = Path(__file__).resolve().parents[3]
# Nothing listens there.
DEAD_PROXY = "http://127.0.0.1:9"


async def test_the_restart_of_a_service_is_bridged() -> None:
    first = Server(SETTINGS, application())
    await first.open()
    target = f"127.0.0.1:{first.port}"
    async with grpc.aio.insecure_channel(target, options=channel_options()) as channel:
        stub = pb_grpc.LibraryServiceStub(channel)
        await stub.GetLibrary(pb.GetLibraryRequest(), wait_for_ready=True)
        await first.close()
        call = stub.GetLibrary(pb.GetLibraryRequest(), timeout=30)
        # Longer than all retries took together when they began after a tenth of a second.
        await asyncio.sleep(2)
        assert not call.done()
        async with serving(ServiceSettings(listen=target), application()):
            assert await call == pb.GetLibraryResponse()


async def test_retries_end_with_the_deadline() -> None:
    server = Server(SETTINGS, application())
    await server.open()
    target = f"127.0.0.1:{server.port}"
    await server.close()
    async with grpc.aio.insecure_channel(target, options=channel_options()) as channel:
        stub = pb_grpc.LibraryServiceStub(channel)
        started = time.monotonic()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetLibrary(pb.GetLibraryRequest(), timeout=0.5)
    assert caught.value.code() in {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
    assert time.monotonic() - started < 10


async def test_health_is_checked_past_a_proxy_for_the_web() -> None:
    environment = {**os.environ, "http_proxy": DEAD_PROXY, "HTTP_PROXY": DEAD_PROXY, "no_proxy": "", "NO_PROXY": ""}
    async with serving(SETTINGS, application()) as target:
        command = [sys.executable, "-m", "services.common.wire.health_check", target]
        checked = await asyncio.to_thread(
            subprocess.run, command, env=environment, cwd=ROOT, capture_output=True, check=False
        )
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_a_target_where_nobody_is_does_not_serve() -> None:
    assert not is_serving("127.0.0.1:9")


def test_every_channel_says_that_it_uses_no_proxy() -> None:
    channel = re.compile(r"insecure_channel\(([^()\n]|\([^()\n]*\))+\)")
    found = 0
    for folder in ("services", "clients", "benchmarks", "accuracy", "tools", "tests", "protos", "docs", "README.md"):
        path = ROOT / folder
        for file in [path] if path.is_file() else [*path.rglob("*.py"), *path.rglob("*.md")]:
            for match in channel.finditer(file.read_text()):
                assert "options=" in match[0], f"{file}: {match[0]}"
                found += 1
    assert found > 10
