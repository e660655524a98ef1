import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.wire.channel import DIRECT
from services.common.wire.inbound import MIN_PING_SECONDS
from services.common.wire.server import Server
from tests.common.wire.test_server import SETTINGS, application

PINGS_OFTEN = [
    *DIRECT,
    ("grpc.keepalive_time_ms", 100),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
]


async def watch_for(seconds: float, *, min_ping_seconds: float) -> str:
    """Return why a stream on which nothing happens ends within `seconds`, if it does; its client pings ten a second."""
    server = Server(SETTINGS, application(), min_ping_seconds=min_ping_seconds)
    await server.open()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", options=PINGS_OFTEN) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            while (await watch.read()).status != health_pb2.HealthCheckResponse.SERVING:
                pass
            try:
                await asyncio.wait_for(watch.read(), seconds)
            except TimeoutError:
                return ""
            except grpc.aio.AioRpcError as error:
                return str(error.details())
            pytest.fail("the health changed")
    finally:
        await server.close()


async def test_a_client_that_pings_as_often_as_it_may_keeps_its_stream() -> None:
    assert await watch_for(2, min_ping_seconds=0.05) == ""


async def test_a_client_that_pings_more_often_than_it_may_is_disconnected() -> None:
    assert await watch_for(30, min_ping_seconds=60) == "Too many pings"


def test_a_ping_every_ten_seconds_is_allowed() -> None:
    assert MIN_PING_SECONDS < 10
