import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from services.common.errors import Reason, ResourceExhaustedError, UnavailableError
from services.common.settings import ServiceSettings
from services.common.wire.channel import DIRECT
from services.common.wire.server import Application
from services.common.wire.status import from_rpc_error
from tests.common.wire.test_server import nothing
from tests.serving import failure_of, serving

SERVICE = "albumen.test.v1.Echo"
KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
PLACES = 8
SETTINGS = ServiceSettings(listen="127.0.0.1:0", max_concurrent_calls=PLACES)


class Echo:
    """A service of all four kinds of methods, of health's messages; a word asks for a failure."""

    def __init__(self) -> None:
        self.entered: asyncio.Queue[str] = asyncio.Queue()

    def add_to(self, server: grpc.aio.Server) -> None:
        handlers = {
            kind: getattr(grpc, f"{kind}_rpc_method_handler")(
                getattr(self, kind),
                health_pb2.HealthCheckRequest.FromString,
                health_pb2.HealthCheckRequest.SerializeToString,
            )
            for kind in KINDS
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    def _answer(self, request: Any) -> Any:
        if request.service == "busy":
            raise ResourceExhaustedError(Reason.OVERLOADED, "Later.", retry_after=1.25)
        if request.service == "gone":
            raise UnavailableError(Reason.MODEL_UNAVAILABLE, "No weights.")
        return request

    async def unary_unary(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        return self._answer(request)

    async def unary_stream(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: ARG002
        yield self._answer(request)

    async def stream_unary(self, requests: Any, context: Any) -> Any:  # noqa: ARG002
        await self.entered.put("stream_unary")
        answers = [self._answer(request) async for request in requests]
        return answers[-1] if answers else health_pb2.HealthCheckRequest()

    async def stream_stream(self, requests: Any, context: Any) -> AsyncIterator[Any]:  # noqa: ARG002
        async for request in requests:
            yield self._answer(request)


def application(echo: Echo) -> Application:
    return Application(services={SERVICE: echo.add_to}, start=nothing, close=nothing)


@asynccontextmanager
async def echoing() -> AsyncIterator[grpc.aio.Channel]:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        yield channel


async def call(channel: grpc.aio.Channel, kind: str, *requests: bytes) -> list[bytes]:
    """Call a method with requests as they are on the wire; return its responses."""
    method: Any = getattr(channel, kind)(f"/{SERVICE}/{kind}")
    one = kind.startswith("unary")

    async def stream() -> AsyncIterator[bytes]:
        for request in requests:
            yield request

    answer = method(requests[0] if one else stream())
    if kind.endswith("_stream"):
        return [response async for response in answer]
    return [await answer]


def message(service: str) -> bytes:
    return bytes(health_pb2.HealthCheckRequest(service=service).SerializeToString())


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_cannot_be_parsed_is_the_callers_fault(kind: str) -> None:
    with capture_logs() as events:
        async with (
            serving(SETTINGS, application(Echo())) as target,
            grpc.aio.insecure_channel(target, options=DIRECT) as channel,
        ):
            assert await call(channel, kind, message("hello")) == [message("hello")]
            for malformed in (b"\xff\xff\xff", b"\x0a\x02\xff\xfe"):
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await call(channel, kind, malformed)
                failure = failure_of(caught.value)
                assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
                assert failure.reason == "REQUEST_MALFORMED"
                assert f"The {len(malformed)} bytes of the request are not a message" in failure.message
            assert await call(channel, kind, message("again")) == [message("again")]
    calls = [event for event in events if f"/{SERVICE}/" in str(event.get("method"))]
    assert [event["outcome"] for event in calls] == ["OK", "REQUEST_MALFORMED", "REQUEST_MALFORMED", "OK"]
    assert not [event for event in events if event.get("exc_info")]


@pytest.mark.parametrize("kind", ["stream_unary", "stream_stream"])
async def test_a_later_message_of_a_stream_that_cannot_be_parsed_is_the_callers_fault(kind: str) -> None:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, kind, message("hello"), b"\xff\xff\xff")
    assert failure_of(caught.value).reason == "REQUEST_MALFORMED"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_time_to_retry_is_in_the_trailers_for_clients_with_a_retry_policy(kind: str) -> None:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as busy:
            await call(channel, kind, message("busy"))
        with pytest.raises(grpc.aio.AioRpcError) as gone:
            await call(channel, kind, message("gone"))
    metadata: Any = busy.value.trailing_metadata()
    assert dict(metadata)["grpc-retry-pushback-ms"] == "1250"
    assert failure_of(busy.value).delays == [1250]
    metadata = gone.value.trailing_metadata()
    assert "grpc-retry-pushback-ms" not in dict(metadata)


async def test_idle_streams_keep_nobody_out_who_does_not_stream() -> None:
    echo = Echo()
    async with (
        serving(SETTINGS, application(echo)) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        method: Any = channel.stream_unary(f"/{SERVICE}/stream_unary")
        idle = [method() for _ in range(PLACES // 2)]
        for _ in idle:
            await echo.entered.get()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, "stream_stream", message("hello"))
        failure = failure_of(caught.value)
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (failure.reason, failure.delays) == ("OVERLOADED", [1000])
        assert failure.infos[0].metadata == {"limit": "4", "value": "4"}
        assert await call(channel, "unary_unary", message("hello")) == [message("hello")]
        for one in idle:
            one.cancel()
        # The server hears of it in its own time.
        while True:
            try:
                assert await call(channel, "stream_stream", message("hello")) == [message("hello")]
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.01)
            else:
                break


async def test_idle_watches_keep_no_health_check_out() -> None:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        stub = health_pb2_grpc.HealthStub(channel)
        watches = [stub.Watch(health_pb2.HealthCheckRequest()) for _ in range(4 * PLACES)]
        answers = await asyncio.gather(*(watch.read() for watch in watches), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
        assert {error.code() for error in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        assert len(answers) - len(refused) <= PLACES // 2
        assert (await stub.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
        for watch in watches:
            watch.cancel()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_over_the_limit_of_the_transport_is_refused(kind: str) -> None:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, kind, message("a" * 2_000_000))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    # Which would be sent again otherwise.
    assert from_rpc_error(caught.value).reason is Reason.REQUEST_TOO_LARGE


@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream"])
async def test_a_call_without_a_request_is_refused_where_there_has_to_be_one(kind: str) -> None:
    async with (
        serving(SETTINGS, application(Echo())) as target,
        grpc.aio.insecure_channel(target, options=DIRECT) as channel,
    ):
        method: Any = channel.stream_stream(f"/{SERVICE}/{kind}")
        answer = method()
        await answer.done_writing()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await answer.read()
    assert failure_of(caught.value).reason == "REQUEST_MALFORMED"
