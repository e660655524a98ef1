import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2_grpc as pb_grpc
from services.common.errors import NotFoundError, Reason, UnavailableError
from services.common.settings import ServiceSettings
from services.common.wire.channel import DIRECT
from services.common.wire.server import Application, Server
from tests.serving import channel_to, failure_of, serving

NAME = "albumen.catalog.v1.LibraryService"
SETTINGS = ServiceSettings(listen="127.0.0.1:0", reload_seconds=0.05, drain_seconds=10)
Behavior = Callable[[], Awaitable[None]]


class FakeLibraryServicer(pb_grpc.LibraryServiceServicer):
    def __init__(self, behavior: Behavior) -> None:
        self._behavior = behavior

    async def GetLibrary(self, request: Any, context: Any) -> pb.GetLibraryResponse:  # noqa: ARG002, N802
        await self._behavior()
        return pb.GetLibraryResponse()


async def nothing() -> None:
    pass


def application(behavior: Behavior = nothing, start: Behavior = nothing, close: Behavior = nothing) -> Application:
    servicer = FakeLibraryServicer(behavior)  # type: ignore[abstract] # one method is enough
    return Application(
        services={NAME: lambda server: pb_grpc.add_LibraryServiceServicer_to_server(servicer, server)},
        start=start,
        close=close,
    )


async def get(target: str) -> pb.GetLibraryResponse:
    async with channel_to(target) as channel:
        return await pb_grpc.LibraryServiceStub(channel).GetLibrary(pb.GetLibraryRequest())


async def health(target: str, service: str = "") -> int:
    # A plain channel: one with our service config would not even call a server that is not serving.
    async with grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        request = health_pb2.HealthCheckRequest(service=service)
        return int((await health_pb2_grpc.HealthStub(channel).Check(request)).status)


async def test_a_known_error_reaches_the_caller_with_its_details() -> None:
    async def fail() -> None:
        raise NotFoundError(Reason.LIBRARY_NOT_FOUND, "There is none.", resource="libraries/x")

    async with serving(SETTINGS, application(fail)) as target:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get(target)
    failure = failure_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert (failure.reason, failure.message, failure.resources) == (
        "LIBRARY_NOT_FOUND",
        "There is none.",
        ["libraries/x"],
    )


async def test_an_unknown_error_is_a_bare_internal_and_is_logged() -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    with capture_logs() as events:
        async with serving(SETTINGS, application(fail)) as target:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await get(target)
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert "broken" not in str(caught.value.details())
    assert failure_of(caught.value).reason == "INTERNAL"
    assert any(event.get("exc_info") and event["log_level"] == "error" for event in events)
    (call,) = [event for event in events if event["event"] == "call_ended" and NAME in event["method"]]
    assert (call["method"], call["outcome"]) == (f"/{NAME}/GetLibrary", "INTERNAL")


async def test_health_follows_the_start() -> None:
    attempts = 0
    allowed = asyncio.Event()

    async def start() -> None:
        nonlocal attempts
        attempts += 1
        if not allowed.is_set():
            raise UnavailableError(Reason.MODEL_NOT_READY, "The weights are missing.")

    server = Server(SETTINGS, application(start=start))
    await server.open()
    target = f"127.0.0.1:{server.port}"
    assert await health(target) == health_pb2.HealthCheckResponse.NOT_SERVING
    assert await health(target, NAME) == health_pb2.HealthCheckResponse.NOT_SERVING
    async with grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=NAME))
        seen = [(await watch.read()).status]
        allowed.set()
        seen.append((await watch.read()).status)
        assert seen == [health_pb2.HealthCheckResponse.NOT_SERVING, health_pb2.HealthCheckResponse.SERVING]
        assert attempts >= 2
        watch.cancel()
    await server.close()


async def test_a_start_that_fails_in_an_unforeseen_way_is_logged_and_tried_again() -> None:
    attempts = 0

    async def start() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise MemoryError("not today")

    with capture_logs() as events:
        async with serving(SETTINGS, application(start=start)) as target:
            assert await health(target) == health_pb2.HealthCheckResponse.SERVING
    assert attempts == 3
    assert [event["event"] for event in events if event["event"] in {"start_failed", "serving"}] == [
        "start_failed",
        "start_failed",
        "serving",
    ]
    assert all(event["exc_info"] for event in events if event["event"] == "start_failed")


async def test_closing_lets_the_calls_under_way_end() -> None:
    entered, release, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        entered.set()
        await release.wait()
        assert not closed.is_set()

    async def close() -> None:
        closed.set()

    server = Server(SETTINGS, application(wait, close=close))
    await server.open()
    call = asyncio.create_task(get(f"127.0.0.1:{server.port}"))
    await entered.wait()
    closing = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    release.set()
    assert await call == pb.GetLibraryResponse()
    await closing
    assert closed.is_set()


async def test_a_taken_port_is_refused_in_words() -> None:
    async with serving(SETTINGS, application()) as target:
        second = Server(ServiceSettings(listen=target), application())
        with pytest.raises(OSError, match="the port is taken"):
            await second.open()
        await second.close()


async def test_a_deadline_cancels_the_work() -> None:
    cancelled = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with serving(SETTINGS, application(wait)) as target, channel_to(target) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await pb_grpc.LibraryServiceStub(channel).GetLibrary(pb.GetLibraryRequest(), timeout=0.1)
        assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        await cancelled.wait()


async def test_a_failed_reload_is_survived() -> None:
    reloads = 0

    async def reload() -> None:
        nonlocal reloads
        reloads += 1
        raise UnavailableError(Reason.MODEL_UNAVAILABLE, "The weights are gone.")

    server = Server(SETTINGS, replace(application(), reload=reload))
    await server.open()
    await server.reload()
    assert reloads == 1
    assert await get(f"127.0.0.1:{server.port}") == pb.GetLibraryResponse()
    await server.close()
