import asyncio
from typing import Any, cast

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.settings import ServiceSettings
from services.common.wire.channel import DIRECT
from services.common.wire.health import HealthServicer
from services.common.wire.server import Server
from tests.common.wire.test_server import NAME, application
from tests.serving import serving

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
# A drain that no test may wait for.
SETTINGS = ServiceSettings(listen="127.0.0.1:0", drain_seconds=600)


async def test_open_watches_hear_of_the_shutdown_and_do_not_hold_it() -> None:
    server = Server(SETTINGS, application())
    await server.open()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", options=DIRECT) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        watches = [stub.Watch(health_pb2.HealthCheckRequest(service=name)) for name in ("", NAME, "unknown")]
        for watch in watches[:2]:
            while (await watch.read()).status != SERVING:
                pass
        assert (await watches[2].read()).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        closing = asyncio.create_task(server.close())
        assert [(await watch.read()).status for watch in watches[:2]] == [NOT_SERVING, NOT_SERVING]
        assert [await watch.read() for watch in watches] == [grpc.aio.EOF] * 3
        await closing


async def test_a_watch_hears_of_the_shutdown_that_comes_while_it_is_being_answered() -> None:
    health = HealthServicer([])
    health.report(serving=True)
    answers = health.Watch(health_pb2.HealthCheckRequest(), cast("Any", None))
    assert (await anext(answers)).status == SERVING
    health.close()
    assert [answer.status async for answer in answers] == [NOT_SERVING]


async def test_all_services_are_listed_with_their_health() -> None:
    async with serving(SETTINGS, application()) as target, grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest())
    assert {name: one.status for name, one in answer.statuses.items()} == {"": SERVING, NAME: SERVING}


async def test_a_service_that_is_not_there_is_not_found() -> None:
    async with serving(SETTINGS, application()) as target, grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(health_pb2.HealthCheckRequest(service="nothing"))
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND
        watch = stub.Watch(health_pb2.HealthCheckRequest(service="nothing"))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        watch.cancel()
