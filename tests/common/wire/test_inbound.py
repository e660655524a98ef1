"""Tries to break each bound of what comes in, over a real channel."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2_grpc

from services.common.byte_budget import ByteBudget
from services.common.errors import Reason, ResourceExhaustedError
from services.common.limits import MEBIBYTE
from services.common.settings import ServiceSettings
from services.common.wire.channel import DIRECT
from services.common.wire.inbound import KEEPALIVE_SECONDS, MAX_CONNECTIONS, MIN_PING_SECONDS, Inbound
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.server import Application
from tests.common.wire.test_interceptor import KINDS, SERVICE, Echo, call, message
from tests.common.wire.test_server import nothing
from tests.serving import failure_of, serving

LARGE = 8 * MEBIBYTE


@asynccontextmanager
async def echoing(
    bounds: MethodBounds | None = None, images: ByteBudget | None = None, **settings: Any
) -> AsyncIterator[tuple[Echo, grpc.aio.Channel]]:
    echo = Echo()
    methods: Mapping[str, MethodBounds] = {} if bounds is None else {f"/{SERVICE}/{kind}": bounds for kind in KINDS}
    application = Application(
        services={SERVICE: echo.add_to}, start=nothing, close=nothing, methods=methods, images=images
    )
    options = [*DIRECT, ("grpc.max_send_message_length", -1)]
    async with (
        serving(ServiceSettings(listen="127.0.0.1:0", **settings), application) as target,
        grpc.aio.insecure_channel(target, options=options) as channel,
    ):
        yield echo, channel


async def failure(awaitable: Any) -> tuple[grpc.StatusCode, str, bool]:
    """Return code and reason of a call that fails, and whether it says when to come again."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await awaitable
    found = failure_of(caught.value)
    return caught.value.code(), found.reason, bool(found.delays)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_without_an_image_has_a_mebibyte(kind: str) -> None:
    async with echoing() as (_, channel):
        assert await call(channel, kind, message("a" * (MEBIBYTE - 10)))
        code, reason, _again = await failure(call(channel, kind, message("a" * (MEBIBYTE + 10))))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_TOO_LARGE")


async def test_a_message_with_images_is_bounded_beside_them() -> None:
    # Health's messages have no bytes, so that all of them counts as what is no image.
    async with echoing(MethodBounds(LARGE, has_images=True)) as (_, channel):
        assert await call(channel, "unary_unary", message("a" * (MEBIBYTE - 10)))
        code, reason, _again = await failure(call(channel, "unary_unary", message("a" * (2 * MEBIBYTE))))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize("kind", ["stream_unary", "stream_stream"])
async def test_a_stream_that_is_silent_for_too_long_is_ended(kind: str) -> None:
    async with echoing(stream_idle_seconds=0.1) as (_, channel):
        silent: Any = getattr(channel, kind)(f"/{SERVICE}/{kind}")()
        code, reason, _again = await failure(silent if kind == "stream_unary" else silent.read())
    assert (code, reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "REQUEST_STALLED")


async def test_eight_uploads_that_stall_refuse_nobody() -> None:
    bounds = MethodBounds(LARGE, has_images=True)
    async with echoing(bounds, max_arriving=8) as (echo, channel):
        method: Any = channel.stream_unary(f"/{SERVICE}/stream_unary")
        stalled = [method() for _ in range(8)]
        for _ in stalled:
            await echo.entered.get()
        for kind in KINDS:
            assert await call(channel, kind, message("hello")) == [message("hello")]
        assert sum(one.done() for one in stalled) == 1
        for one in stalled:
            one.cancel()


async def test_requests_in_hand_are_bounded_by_their_bytes() -> None:
    images = ByteBudget("test", MEBIBYTE)
    bounds = MethodBounds(LARGE, has_images=True, images=images)
    async with echoing(bounds, images) as (_, channel):
        large = message("a" * (MEBIBYTE // 2))
        with images.hold() as others:
            await others.add(MEBIBYTE * 3 // 4)
            code, reason, again = await failure(call(channel, "unary_unary", large))
            assert (code, reason, again) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", True)
            assert await call(channel, "unary_unary", message("small")) == [message("small")]
        assert await call(channel, "unary_unary", large) == [large]
        assert images.held == 0


async def test_a_full_house_refuses_before_anything_is_sent() -> None:
    def admit() -> None:
        raise ResourceExhaustedError(Reason.OVERLOADED, "Full.", retry_after=1)

    async with echoing(MethodBounds(LARGE, has_images=True, admit=admit)) as (echo, channel):
        code, reason, again = await failure(channel.stream_unary(f"/{SERVICE}/stream_unary")())
        assert echo.entered.empty()
    assert (code, reason, again) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", True)


@pytest.mark.parametrize("word", ["busy", "crash"])
async def test_a_request_that_was_refused_is_kept_by_nothing(word: str) -> None:
    class Keeper(Echo):
        def _answer(self, request: Any) -> Any:
            if request.service == "crash":
                raise RuntimeError("broken")
            return super()._answer(request)

    keeper = Keeper()
    application = Application(services={SERVICE: keeper.add_to}, start=nothing, close=nothing)
    async with (
        serving(ServiceSettings(listen="127.0.0.1:0"), application) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        gc.collect()
        gc.disable()
        try:
            with pytest.raises(grpc.aio.AioRpcError):
                await call(channel, "unary_unary", message(word))
            await asyncio.sleep(0.1)
            kept = [each for each in gc.get_objects() if isinstance(each, health_pb2.HealthCheckRequest)]
            assert [each for each in kept if each.service == word] == []
        finally:
            gc.enable()


async def test_idle_streams_of_every_kind_keep_no_health_check_out() -> None:
    async with echoing() as (_, channel):
        health = health_pb2_grpc.HealthStub(channel)
        reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
        kinds: list[Any] = [
            lambda: health.Watch(health_pb2.HealthCheckRequest()),
            reflection.ServerReflectionInfo,
            channel.stream_unary(f"/{SERVICE}/stream_unary"),
            channel.stream_stream(f"/{SERVICE}/stream_stream"),
        ]
        idle = [begin() for begin in kinds for _ in range(64)]
        await asyncio.sleep(0.5)
        answer = await health.Check(health_pb2.HealthCheckRequest(), timeout=30)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        assert await call(channel, "unary_unary", message("hello")) == [message("hello")]
        for one in idle:
            one.cancel()


@pytest.mark.parametrize("service", ["albumen.catalog.v1.ImageService", "google.longrunning.Operations"])
def test_health_and_reflection_have_bounds_apart_from_those_of_all_others(service: str) -> None:
    inbound = Inbound(ServiceSettings(listen="127.0.0.1:0"), {})
    ours, health = f"/{service}/Wait", "/grpc.health.v1.Health/Check"
    assert inbound.calls_of(ours) is inbound.calls_of("/albumen.x/Y") is not inbound.calls_of(health)
    assert inbound.arrivals_of(ours) is inbound.arrivals_of("/albumen.x/Y") is not inbound.arrivals_of(health)


def test_the_transport_is_told_its_bounds() -> None:
    settings = ServiceSettings(listen="127.0.0.1:0")
    options = dict(Inbound(settings, {"/albumen.Some/Method": MethodBounds(LARGE)}).options())
    assert options["grpc.max_receive_message_length"] == LARGE + MEBIBYTE // 4
    assert options["grpc.max_concurrent_streams"] == 2 * settings.max_concurrent_calls
    assert options["grpc.max_allowed_incoming_connections"] == MAX_CONNECTIONS
    # A client may ping as often as it likes to, and one that is gone is noticed.
    assert MIN_PING_SECONDS < 10
    assert options["grpc.keepalive_time_ms"] == KEEPALIVE_SECONDS * 1000
    assert options["grpc.http2.bdp_probe"] == 0
